package login

import (
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// TestHeld_bounded: a limited number of throttled logins is stored, and expired ones are
// removed first.
func TestHeld_bounded(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	login := func(i int) *Request {
		return &Request{LoginRequest: api.LoginRequest{Login: fmt.Sprint("user", i)}}
	}
	var h held
	for i := range mostHeld {
		until := now.Add(time.Minute)
		if i%2 == 0 {
			until = now.Add(time.Second)
		}
		h.note(login(i), "account", now, until)
	}
	if name, ok := h.name(login(0), now); !ok || name != "account" {
		t.Errorf("the first is %q, %v", name, ok)
	}
	now = now.Add(time.Second)
	if _, ok := h.name(login(0), now); ok {
		t.Error("the first waits still")
	}
	h.note(login(mostHeld), "account", now, now.Add(time.Minute))
	if _, ok := h.name(login(1), now); !ok || len(h.list) != mostHeld/2+1 {
		t.Errorf("one that waits is known: %v, of %d", ok, len(h.list))
	}
	for i := range 2 * mostHeld {
		h.note(login(i), "account", now, now.Add(time.Minute))
	}
	if len(h.list) > mostHeld {
		t.Errorf("%d are remembered", len(h.list))
	}
	if _, ok := h.name(login(2*mostHeld-1), now); !ok {
		t.Error("the newest is not known")
	}
}
