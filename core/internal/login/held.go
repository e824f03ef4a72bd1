package login

import (
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// mostHeld is the maximum number of throttled logins that are remembered.
const mostHeld = 4096

// held remembers, for throttled logins, the name under which failures are counted, until
// the wait is over. Further attempts in that time are refused without a lookup in the
// directories. It is safe for concurrent use; the zero value is ready to use.
type held struct {
	mu   sync.Mutex
	list map[heldKey]heldName
}

// heldKey is a normalized login with the only directory that is asked.
type heldKey struct{ directory, login string }

type heldName struct {
	name  string
	until time.Time
}

func keyOfHeld(r *Request) heldKey { return heldKey{r.directory, api.LoginKey(r.Login)} }

// name returns the name under which the login's failures are counted, if it is held.
func (h *held) name(r *Request, now time.Time) (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found, ok := h.list[keyOfHeld(r)]
	return found.name, ok && now.Before(found.until)
}

// note remembers the name until the given time.
func (h *held) note(r *Request, name string, now, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.list) >= mostHeld {
		h.makeRoom(now)
	}
	if h.list == nil {
		h.list = map[heldKey]heldName{}
	}
	h.list[keyOfHeld(r)] = heldName{name, until}
}

// makeRoom removes expired entries, or all if none expired; a removed entry costs another
// lookup in the directories.
func (h *held) makeRoom(now time.Time) {
	for key, n := range h.list {
		if !now.Before(n.until) {
			delete(h.list, key)
		}
	}
	if len(h.list) >= mostHeld {
		clear(h.list)
	}
}

// stillHeld refuses a login that still has to wait. It asks the throttle for the current
// source of the request.
func (e *Logins) stillHeld(r *Request) error {
	name, ok := e.held.name(r, e.Now())
	if !ok {
		return nil
	}
	if wait := e.guesses.Wait(name, r.Peer.Addr); wait > 0 {
		return tooManyFailed(wait)
	}
	return nil
}

func tooManyFailed(wait time.Duration) error {
	return tooMany("too many failed logins: wait a little", wait)
}
