package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestRefresh_keepsWhy: a refused refresh marks the session as ended and keeps the reason
// that the list shows.
func TestRefresh_keepsWhy(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(*testEngine) error{
		"password":           func(h *testEngine) error { return h.accounts.SetPassword(ctx, h.bob.Subject, "another horse", "test") },
		"disabled":           func(h *testEngine) error { return h.accounts.SetDisabled(ctx, h.bob.Subject, true, "test") },
		"everything revoked": func(h *testEngine) error { return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}) },
		"all ended":          func(h *testEngine) error { return h.Tokens().LogoutAll(ctx, h.bob.Subject, "stolen", "test") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newTestEngine(t, nil)
			g := h.begin()
			h.clock.advance(time.Second)
			h.must(change(h))
			state := func() string {
				list, err := h.Admin().Sessions(ctx, h.bob.Subject, "", 10)
				h.must(err)
				s, err := h.Admin().SessionState(ctx, list[0])
				h.must(err)
				return s.Why
			}
			before := state()
			if _, err := h.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, TokenFormat: "native"}); err == nil {
				t.Fatal("the refresh token is accepted")
			}
			if after := state(); after != before && after != "ended: "+before {
				t.Errorf("before the refused refresh %q, after it %q", before, after)
			}
		})
	}
}

// TestSessionState_past: why a session has ended is not told as if it were still so.
func TestSessionState_past(t *testing.T) {
	ctx := context.Background()
	shop := func(f *faulty) (api.Secret, string) { return f.shop.Refresh, "shop" }
	for name, c := range map[string]struct {
		do, undo   func(*faulty)
		token      func(*faulty) (refresh api.Secret, format string)
		now, later string
	}{
		"user disabled here": {
			func(f *faulty) { f.must(f.accounts.SetDisabled(ctx, "u_bob", true, "op")) },
			func(f *faulty) { f.must(f.accounts.SetDisabled(ctx, "u_bob", false, "op")) },
			func(f *faulty) (api.Secret, string) { return f.grant.Refresh, "native" }, "revoked (its user is disabled)", "revoked",
		},
		"user disabled there": {
			func(f *faulty) { f.testSites.shop.users[0].Disabled = true }, func(f *faulty) { f.testSites.shop.users[0].Disabled = false },
			shop, "ended: its user is disabled", "ended: its user was disabled",
		},
		"user gone": {
			func(f *faulty) { f.testSites.shop.users[0].Number = 99 }, func(f *faulty) { f.testSites.shop.users[0].Number = 1 },
			shop, "ended: its user is gone", "ended: its user was gone",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFaulty(t)
			f.prepare()
			refresh, format := c.token(f)
			check := func(want string) {
				t.Helper()
				in, err := f.Introspect(ctx, refresh)
				f.must(err)
				if in.State.Why != want {
					t.Errorf("got %q, want %q", in.State.Why, want)
				}
			}
			c.do(f)
			if _, err := f.Tokens().Refresh(ctx, core.RefreshRequest{Token: refresh, TokenFormat: format}); err == nil {
				t.Fatal("the refresh token is accepted")
			}
			check(c.now)
			c.undo(f)
			check(c.later)
			if _, err := f.Admin().RevokeCredential(ctx, refresh, "x", "op"); api.CodeOf(err) != api.Conflict || strings.Contains(err.Error(), " is ") {
				t.Errorf("revoking it: %v", err)
			}
		})
	}
}
