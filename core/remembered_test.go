package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestLoginHooks_remembered: the result of login hooks is cached for at most a minute,
// whatever the credential and its lifetime.
func TestLoginHooks_remembered(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		target string
		shown  func(*testSites) api.Header
	}{
		"a password": {"/shop/admin/x", func(*testSites) api.Header { return basicHeader("root", "shop pass") }},
		"a token": {"/shop/admin/x", func(w *testSites) api.Header {
			issued, err := w.Tokens().Issue(ctx, core.IssueRequest{Identity: w.shopLogin(), TokenFormat: "shop", Lifetime: 7 * 24 * time.Hour})
			w.must(err)
			return bearer(issued.Text.Reveal())
		}},
		"a native token at a sister site": {"/shop/admin/x", func(w *testSites) api.Header {
			issued, err := w.Tokens().Issue(ctx, core.IssueRequest{Identity: mustUser(t, w, "forum:1"), Lifetime: 7 * 24 * time.Hour})
			w.must(err)
			return bearer(issued.Text.Reveal())
		}},
	} {
		closed := false
		w := newTestSites(t, func(cfg *core.Config) {
			network(cfg)
			cfg.Policy.Hooks = core.NewHooks()
			cfg.Policy.Hooks.LoginAfter.Bind("hours", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
				if closed {
					r.Identity.Roles = without("administrator", r.Identity.Roles)
				}
				return r, nil
			})
		})
		w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"administrator"}, Hash: w.shop.users[0].Hash}
		header := c.shown(w)
		w.must(errorOf(w.decide(c.target, header)))
		closed = true
		w.clock.advance(time.Minute)
		if d := w.decide(c.target, header); d.Outcome == core.Allowed {
			t.Errorf("%s: allowed a minute after the hook has closed, as %v", name, d.Identity.Roles)
		}
	}
}
