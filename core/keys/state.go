package keys

import (
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// State is the state of a key in its life cycle.
type State string

// The states in order. Next and Retiring keys verify, only the Active one signs; a
// Retired one is no longer in the ring.
const (
	Next     State = "next"     // published, so that verifiers know it, but not signing yet
	Active   State = "active"   // signs
	Retiring State = "retiring" // replaced; verifies until the last token it signed has expired
	Retired  State = "retired"  // removed
)

// Info describes a key without its material.
type Info struct {
	ID        string
	Algorithm string
	State     State
	Created   time.Time
	NotBefore time.Time // start of signing, planned or actual
	RetireAt  time.Time // end of verifying; zero if not set
}

// Change is one state transition of a key, for the key-rotated hook and the log.
type Change struct {
	KeyID     string
	Algorithm string
	From      State // "" for a new key
	To        State
}

// entry is one key with its state.
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

// diff lists the changes between two sets in the order of the new one, removed keys
// last.
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
