package sandbox

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// journal holds the changes of a guest. They reach the event only in commit.
type journal struct {
	limits  *manifest.Limits
	changes []Change
	bytes   int
}

// room reports whether a string of that many bytes may fit. A short one may be an
// integer, which counts as at most eight bytes.
func (j *journal) room(key string, text int) bool {
	if text <= maxDigits {
		text = min(text, 8)
	}
	return len(j.changes) < j.limits.JournalEntries && j.bytes+len(key)+text <= j.limits.JournalBytes
}

// maxDigits is the maximum length of an integer in decimal, including the sign.
const maxDigits = 20

// add records a change, or returns false when the journal is full.
func (j *journal) add(c Change) bool {
	size := len(c.Key) + valueSize(c.Value)
	if len(j.changes) >= j.limits.JournalEntries || j.bytes+size > j.limits.JournalBytes {
		return false
	}
	j.changes = append(j.changes, c)
	j.bytes += size
	return true
}

// valueSize returns the number of bytes that a value counts as; an integer counts as
// eight.
func valueSize(v hooks.Value) int {
	if _, ok := v.Int(); ok && !v.IsString() {
		return 8
	}
	return len(v.Text())
}

// last returns the latest change to a key.
func (j *journal) last(key string) (Change, bool) {
	for n := len(j.changes) - 1; n >= 0; n-- {
		if j.changes[n].Key == key {
			return j.changes[n], true
		}
	}
	return Change{}, false
}

// get returns a key's value with the guest's changes applied.
func (j *journal) get(view hooks.View, key string) (hooks.Value, bool) {
	if c, ok := j.last(key); ok {
		return c.Value, !c.Deleted
	}
	return view.Get(key)
}

// names lists the present keys with a prefix, added ones last.
func (j *journal) names(view hooks.View, prefix string) []string {
	keys := slices.DeleteFunc(slices.Clone(view.Keys(prefix)), func(key string) bool {
		c, ok := j.last(key)
		return ok && c.Deleted
	})
	for _, c := range j.changes {
		if last, _ := j.last(c.Key); !last.Deleted && strings.HasPrefix(c.Key, prefix) && !slices.Contains(keys, c.Key) {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// commit applies the changes in order, stops at the first field that the point does not
// have, and validates the result. After an error the event may be partly changed, and the
// caller drops it.
func (j *journal) commit(ctx context.Context, view hooks.View) error {
	if len(j.changes) == 0 {
		return nil
	}
	for _, c := range j.changes {
		if err := c.apply(view); err != nil {
			return err
		}
	}
	return hooks.Check(ctx, view)
}

// reset empties the journal and keeps its capacity.
func (j *journal) reset() {
	clear(j.changes)
	j.changes, j.bytes = j.changes[:0], 0
}

// copy returns the changes in order.
func (j *journal) copy() []Change { return slices.Clone(j.changes) }
