package session

import (
	"hash/maphash"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// table is a hash table from strings to a few numbers that is read without a lock. It
// stores no keys, only 96 bits of two seeded hashes, and no pointers that the garbage
// collector would follow. The seeds are random per process, so that nobody can construct
// colliding keys. A collision can only cause an additional refusal, never miss one.
//
// A slot is width words, each accessed atomically:
//
//	word 0   first hash; 0 while the slot is free, and written last
//	word 1   32 bits of the second hash, 32 bits of expiry in minutes
//	word 2.. values, changed only by a holder of the shard's lock
type table struct {
	width  int
	count  atomic.Int64
	seeds  [2]maphash.Seed
	shards [shardCount]shard

	everDropped atomic.Bool // lets floor skip the hash until something expires
}

const (
	shardCount = 64
	shardBits  = 6
	firstSlots = 16
)

// shard is a part of a table. Its slots are replaced as a whole when they grow or expire;
// readers finish with the ones they started with.
type shard struct {
	slots   atomic.Pointer[slots]
	dropped atomic.Uint64 // highest value 0 of a slot that expired in this shard
	mu      sync.Mutex    // held by writers
	used    int
}

type slots struct {
	mask  uint64 // number of slots - 1; the number is a power of two
	words []uint64
}

func newTable(values int) *table {
	return &table{width: 2 + values, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// first returns the hash that determines the position of a key; second returns the one that
// confirms it. Most lookups are for absent keys and need only the first.
func (t *table) first(key string) uint64 {
	return max(1, maphash.String(t.seeds[0], key)) // 0 marks a free slot
}

func (t *table) second(key string) uint64 {
	return maphash.String(t.seeds[1], key) &^ math.MaxUint32
}

func (t *table) shard(first uint64) *shard { return &t.shards[first>>(64-shardBits)] }

// find returns the words of the key's slot, nil if it has none.
func (t *table) find(key string) []uint64 {
	if t.count.Load() == 0 {
		return nil
	}
	a := t.first(key)
	s := t.shard(a).slots.Load()
	if s == nil {
		return nil
	}
	slot, found := s.seek(a, t.width, func(word uint64) bool { return word&^math.MaxUint32 == t.second(key) })
	if !found {
		return nil
	}
	return slot
}

// floor returns the highest value 0 that expired in the key's shard.
func (t *table) floor(key string) uint64 {
	if !t.everDropped.Load() {
		return 0
	}
	return t.shard(t.first(key)).dropped.Load()
}

// has reports whether the table contains the key.
func (t *table) has(key string) bool { return key != "" && t.find(key) != nil }

// put adds the key or extends its expiry. change updates the values while the shard is
// locked. put reports whether the key is new.
func (t *table) put(key string, expires uint32, change func(values []uint64)) bool {
	a, b := t.first(key), t.second(key)
	s := t.shard(a)
	s.mu.Lock()
	defer s.mu.Unlock()
	slot, found := s.room(t.width).seek(a, t.width, func(word uint64) bool { return word&^math.MaxUint32 == b })
	if old := uint32(atomic.LoadUint64(&slot[1])); old > expires { // 0 in a free slot
		expires = old
	}
	atomic.StoreUint64(&slot[1], b|uint64(expires))
	if change != nil {
		change(slot[2:])
	}
	if !found {
		atomic.StoreUint64(&slot[0], a) // published: visible to readers from here on
		s.used++
		t.count.Add(1)
	}
	return !found
}

// expire removes all keys that expired before the minute.
func (t *table) expire(minute uint32) {
	if t.count.Load() == 0 {
		return
	}
	t.everDropped.Store(true) // before the removal, since readers check it afterwards
	for i := range t.shards {
		t.count.Add(-int64(t.shards[i].expire(minute, t.width)))
	}
}

// seek probes from the position of the first hash to the slot that same confirms by its
// word 1, or to the first free one.
func (s *slots) seek(first uint64, width int, same func(word uint64) bool) (slot []uint64, found bool) {
	for i := first & s.mask; ; i = (i + 1) & s.mask {
		at := int(i) * width
		switch atomic.LoadUint64(&s.words[at]) {
		case 0:
			return s.words[at : at+width : at+width], false
		case first:
			if same(atomic.LoadUint64(&s.words[at+1])) {
				return s.words[at : at+width : at+width], true
			}
		}
	}
}

// room returns slots with space for one more key that stay at most two-thirds full, which
// keeps probes short.
func (s *shard) room(width int) *slots {
	old := s.slots.Load()
	if old == nil {
		s.slots.Store(newSlots(firstSlots, width))
		return s.slots.Load()
	}
	if size := int(old.mask) + 1; (s.used+1)*3 > size*2 {
		s.rebuild(old, size*2, width, 0)
	}
	return s.slots.Load()
}

func (s *shard) expire(minute uint32, width int) (dropped int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.slots.Load()
	if old == nil {
		return 0
	}
	ended := 0
	for at := 0; at < len(old.words); at += width {
		if old.words[at] != 0 && uint32(old.words[at+1]) < minute {
			ended++
		}
	}
	if ended == 0 {
		return 0
	}
	size := firstSlots
	for (s.used-ended)*3 > size*2 {
		size *= 2
	}
	s.rebuild(old, size, width, minute)
	return ended
}

// rebuild replaces the slots by new ones with the keys that have not expired at the minute.
func (s *shard) rebuild(old *slots, size, width int, minute uint32) {
	fresh, used := newSlots(size, width), 0
	for at := 0; at < len(old.words); at += width {
		from := old.words[at : at+width]
		if from[0] == 0 {
			continue
		}
		if uint32(from[1]) < minute {
			s.drop(from)
			continue
		}
		to, _ := fresh.seek(from[0], width, func(uint64) bool { return false }) // no key is there twice
		copy(to, from)
		used++
	}
	s.used = used
	s.slots.Store(fresh)
}

// drop records the version of a removed slot, so that it is not used again.
func (s *shard) drop(slot []uint64) {
	if len(slot) > 2 {
		s.dropped.Store(max(s.dropped.Load(), slot[2]))
	}
}

func newSlots(size, width int) *slots {
	return &slots{mask: uint64(size) - 1, words: make([]uint64, size*width)}
}

// minuteAfter returns the first full minute after t, since the epoch: an entry may live
// slightly longer than asked, never shorter. For a zero t it returns the maximum, which
// means never.
func minuteAfter(t time.Time) uint32 {
	if t.IsZero() {
		return math.MaxUint32
	}
	return uint32(min(max(t.Unix()/60+1, 0), math.MaxUint32))
}
