package core_test

import (
	"fmt"
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
	far := here
	for i := range 3 { // from other addresses of one source
		far.Peer = netip.MustParseAddr(fmt.Sprintf("2001:db8:0:1::%d", i+1))
		if _, out := h.GuessedOut(far); out != (i == 2) {
			t.Errorf("after %d failures of the other addresses in a /64: got %v", i, out)
		}
		h.CountGuess(far)
	}
	if far.Peer = netip.MustParseAddr("2001:db8:0:2::1"); waits(h, far) {
		t.Error("another /64 must wait too")
	}
	h.clock.advance(time.Minute)
	if _, out := h.GuessedOut(here); out {
		t.Error("it must wait a minute later")
	}
}

func waits(h *house, g core.FailedGuess) bool {
	_, out := h.GuessedOut(g)
	return out
}
