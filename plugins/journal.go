package plugins

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
)

// journal is what a guest has changed so far. Nothing of it is in the event
// until commit.
type journal struct {
	changes []change
	bytes   int
}

type change struct {
	key     string
	value   hooks.Value
	deleted bool
}

// add records a change, or returns false when the journal is full.
func (j *journal) add(c change, l Limits) bool {
	size := len(c.key) + len(c.value.Text())
	if len(j.changes) >= l.JournalEntries || j.bytes+size > l.JournalBytes {
		return false
	}
	j.changes = append(j.changes, c)
	j.bytes += size
	return true
}

// last returns the latest change to a key.
func (j *journal) last(key string) (change, bool) {
	for n := len(j.changes) - 1; n >= 0; n-- {
		if j.changes[n].key == key {
			return j.changes[n], true
		}
	}
	return change{}, false
}

// get reads a key as the guest has left it.
func (j *journal) get(view hooks.View, key string) (hooks.Value, bool) {
	if c, ok := j.last(key); ok {
		return c.value, !c.deleted
	}
	return view.Get(key)
}

// names lists the present keys with a prefix, the added ones last.
func (j *journal) names(view hooks.View, prefix string) []string {
	keys := slices.DeleteFunc(slices.Clone(view.Keys(prefix)), func(key string) bool {
		c, ok := j.last(key)
		return ok && c.deleted
	})
	for _, c := range j.changes {
		if last, _ := j.last(c.key); !last.deleted && strings.HasPrefix(c.key, prefix) && !slices.Contains(keys, c.key) {
			keys = append(keys, c.key)
		}
	}
	return keys
}

// commit applies the changes in order and stops at the first that the point
// refuses; the caller then drops the value.
func (j *journal) commit(view hooks.View) error {
	for _, c := range j.changes {
		var err error
		if c.deleted {
			err = view.Delete(c.key)
		} else {
			err = view.Set(c.key, c.value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.key, err)
		}
	}
	return nil
}

// reset empties the journal and keeps its room.
func (j *journal) reset() {
	clear(j.changes)
	j.changes, j.bytes = j.changes[:0], 0
}
