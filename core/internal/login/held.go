package login

import (
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// mostHeld bounds the logins of which it is remembered that they have to wait.
const mostHeld = 4096

// held remembers under which name the failures of a login count that was told to wait,
// for as long as that. Whoever asks again meanwhile is answered without a look at the
// directories. Safe for concurrent use; the zero value works.
type held struct {
	mu   sync.Mutex
	list map[heldKey]heldName
}

// heldKey is a login as it is compared, in the only directory that is asked.
type heldKey struct{ directory, login string }

type heldName struct {
	name  string
	until time.Time
}

func keyOfHeld(r *Request) heldKey { return heldKey{r.directory, api.LoginKey(r.Login)} }

// name returns the name under which the login's failures count, if it is held.
func (h *held) name(r *Request, now time.Time) (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found, ok := h.list[keyOfHeld(r)]
	return found.name, ok && now.Before(found.until)
}

// note remembers the name up to a moment.
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

// makeRoom forgets what is over, or else all: that costs a look at the directories each.
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

// stillHeld refuses a login that was told to wait and has to wait still. The throttle
// is asked for the source that it comes from now.
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
