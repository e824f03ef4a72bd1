package core_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// TestLogin_heldAsksNobody: a throttled login is refused without a lookup in the store.
// Only the throttled client is refused, and only until its delay is over.
func TestLogin_heldAsksNobody(t *testing.T) {
	ctx := context.Background()
	guesser, owner := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.7")
	for name, login := range map[string]string{
		"by name": "alice", "by address": "alice@example.org", "in capitals": "ALICE", "unknown": "nobody", "an unknown address": "x@example.org",
	} {
		s := memory.New()
		h := newTestEngine(t, func(c *core.Config) { c.Store = s })
		try := func(login string, from netip.Addr, secret api.Secret) error {
			_, err := h.Tokens().Login(ctx, core.LoginRequest{Login: login, Password: secret, Peer: api.Peer{Addr: from}})
			return err
		}
		h.must(try("alice", owner, password)) // alice is now known at this address
		for i := 0; api.CodeOf(try(login, guesser, api.Secret(fmt.Sprint("guess ", i)))) != api.Throttled; i++ {
			if i > 50 {
				t.Fatalf("%s: 50 guesses and no wait", name)
			}
		}
		before := s.Queries()
		for i := range 20 {
			if err := try(login, guesser, api.Secret(fmt.Sprint("more ", i))); api.CodeOf(err) != api.Throttled || api.AsError(err).RetryAfter <= 0 {
				t.Errorf("%s: got %v, want a refusal with Retry-After", name, err)
			}
		}
		if n := s.Queries() - before; n != 0 {
			t.Errorf("%s: 20 refusals took %d queries, want none", name, n)
		}
		if err := try("alice", owner, password); err != nil {
			t.Errorf("%s: whose account it is: %v", name, err)
		}
		h.clock.advance(24 * time.Hour)
		if err := try("alice", guesser, password); err != nil {
			t.Errorf("%s: after the wait: %v", name, err)
		}
	}
}
