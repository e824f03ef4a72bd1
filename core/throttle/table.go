package throttle

import (
	"hash/maphash"
	"sync"
)

// ways is the number of entries in a set of a table.
const ways = 8

// table is a map of bounded size. A key belongs to one small set, chosen by a hash with
// a random seed. A new entry in a full set evicts the one with the lowest worth, the
// oldest of equals. To evict a certain entry, an attacker must therefore fill the whole
// table with entries of at least the same worth. Safe for concurrent use.
type table[T any] struct {
	seed  maphash.Seed
	sets  []set[T]
	worth func(*T) float64
}

type set[T any] struct {
	mu      sync.Mutex
	entries []entry[T] // oldest first
}

type entry[T any] struct {
	key   uint64
	value T
}

// newTable returns a table for about size entries. Its sets are allocated on first use.
func newTable[T any](size int, worth func(*T) float64) *table[T] {
	return &table[T]{seed: maphash.MakeSeed(), sets: make([]set[T], max(1, size/ways)), worth: worth}
}

// hash returns the table key for key.
func hash[T any, K comparable](t *table[T], key K) uint64 { return maphash.Comparable(t.seed, key) }

// with calls use on the entry while holding the lock of its set; it creates a zero
// entry if there is none. use must be short.
func (t *table[T]) with(key uint64, use func(*T)) {
	s := &t.sets[key%uint64(len(t.sets))]
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.entries {
		if s.entries[i].key == key {
			use(&s.entries[i].value)
			return
		}
	}
	if len(s.entries) == ways {
		s.evict(t.worth)
	}
	s.entries = append(s.entries, entry[T]{key: key})
	use(&s.entries[len(s.entries)-1].value)
}

// get returns a copy of the entry, the zero value if there is none.
func (t *table[T]) get(key uint64) (value T) {
	s := &t.sets[key%uint64(len(t.sets))]
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.entries {
		if s.entries[i].key == key {
			return s.entries[i].value
		}
	}
	return value
}

func (s *set[T]) evict(worth func(*T) float64) {
	least, at := worth(&s.entries[0].value), 0
	for i := 1; i < len(s.entries); i++ {
		if w := worth(&s.entries[i].value); w < least {
			least, at = w, i
		}
	}
	s.entries = append(s.entries[:at], s.entries[at+1:]...)
}

// each calls use with a copy of every entry. use must not use the table.
func (t *table[T]) each(use func(T)) {
	for i := range t.sets {
		s := &t.sets[i]
		s.mu.Lock()
		for j := range s.entries {
			use(s.entries[j].value)
		}
		s.mu.Unlock()
	}
}

// len returns the number of entries.
func (t *table[T]) len() (n int) {
	for i := range t.sets {
		t.sets[i].mu.Lock()
		n += len(t.sets[i].entries)
		t.sets[i].mu.Unlock()
	}
	return n
}
