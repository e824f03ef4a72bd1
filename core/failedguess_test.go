package core_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
)

// TestCountGuess: failures count for an address at a site, for a minute.
func TestCountGuess(t *testing.T) {
	h := newHouse(t, nil)
	here := core.FailedGuess{Site: "shop", Peer: netip.MustParseAddr("192.0.2.1"), Limit: 2}
	other, elsewhere, free := here, here, here
	other.Peer, elsewhere.Site, free.Limit = netip.MustParseAddr("192.0.2.2"), "blog", -1
	for i, want := range []bool{false, false, true} {
		if wait, out := h.GuessedOut(here); out != want || out && (wait <= 0 || wait > time.Minute) {
			t.Errorf("after %d failures: got %v, %s, want %v", i, out, wait, want)
		}
		h.CountGuess(here)
	}
	for name, g := range map[string]core.FailedGuess{"address": other, "site": elsewhere, "limit": free} {
		if _, out := h.GuessedOut(g); out {
			t.Errorf("another %s must wait too", name)
		}
	}
	h.clock.advance(time.Minute)
	if _, out := h.GuessedOut(here); out {
		t.Error("it must wait a minute later")
	}
}
