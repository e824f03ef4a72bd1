package throttle

import (
	"hash/maphash"
	"sync"
)

// ways is how many entries share a set of a table.
const ways = 8

// table is a map of bounded size. A key belongs to one small set, chosen by a
// hash that nobody outside can know; a new entry in a full set takes the place
// of the one that is worth least, the oldest of equals. Whoever wants to push a
// certain entry out must therefore fill the whole table with entries that are
// worth as much. Safe for concurrent use.
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

// newTable returns a table for about size entries. Its sets are allocated as
// they are used.
func newTable[T any](size int, worth func(*T) float64) *table[T] {
	return &table[T]{seed: maphash.MakeSeed(), sets: make([]set[T], max(1, size/ways)), worth: worth}
}

// hash makes the key of an entry.
func hash[T any, K comparable](t *table[T], key K) uint64 { return maphash.Comparable(t.seed, key) }

// with runs use on the entry, a zero one if it is not there, while no one else
// does. use must be short.
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

// get returns the entry, a zero one if it is not there.
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

// len returns the number of entries.
func (t *table[T]) len() (n int) {
	for i := range t.sets {
		t.sets[i].mu.Lock()
		n += len(t.sets[i].entries)
		t.sets[i].mu.Unlock()
	}
	return n
}
