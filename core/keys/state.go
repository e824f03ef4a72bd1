package keys

import (
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// State is where in its life a key is.
type State string

// The states in order. Next and Retiring keys verify, only the Active one
// signs; a Retired one is gone from the ring.
const (
	Next     State = "next"     // published, so that verifiers know it, but not signing yet
	Active   State = "active"   // signs
	Retiring State = "retiring" // replaced; verifies until the last token has expired
	Retired  State = "retired"  // over
)

// Info describes a key without its material.
type Info struct {
	ID        string
	Algorithm string
	State     State
	Created   time.Time
	NotBefore time.Time // when it signs, or began to
	RetireAt  time.Time // when it stops verifying; zero: not decided, or never
}

// Change is one step of a key's life, for the key-rotated hook and the log.
type Change struct {
	KeyID     string
	Algorithm string
	From      State // "" for a key that was not there before
	To        State
}

// entry is one key with its place in life.
type entry struct {
	key       api.Key
	state     State
	created   time.Time
	notBefore time.Time
	retireAt  time.Time
}

func (e entry) info() Info {
	return Info{e.key.ID, e.key.Algorithm, e.state, e.created, e.notBefore, e.retireAt}
}

// diff lists what happened between two sets, in the order of the new one, gone
// keys last.
func diff(before, after []entry) []Change {
	find := func(list []entry, id string) int {
		return slices.IndexFunc(list, func(e entry) bool { return e.key.ID == id })
	}
	var changes []Change
	for _, e := range after {
		c := Change{KeyID: e.key.ID, Algorithm: e.key.Algorithm, To: e.state}
		if i := find(before, e.key.ID); i >= 0 {
			c.From = before[i].state
		}
		if c.From != c.To {
			changes = append(changes, c)
		}
	}
	for _, e := range before {
		if find(after, e.key.ID) < 0 {
			changes = append(changes, Change{e.key.ID, e.key.Algorithm, e.state, Retired})
		}
	}
	return changes
}
