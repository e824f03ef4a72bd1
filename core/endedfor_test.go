package core_test

import (
	"context"
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
