package core_test

import (
	"context"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestDropped lists ways by which a role that a hook removed could be regained, at the site
// of the login or at another site of its network. root is administrator of both, and editor
// of the other.
func TestDropped(t *testing.T) {
	ctx := context.Background()
	login := func(h *core.Hooks) {
		h.LoginAfter.Bind("drop", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
			r.Identity.Roles = without("administrator", r.Identity.Roles)
			return r, nil
		})
	}
	claims := func(drop ...string) func(h *core.Hooks) {
		return func(h *core.Hooks) {
			h.TokenClaims.Bind("drop", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
				v.Claims = v.Claims.Without(drop...)
				return v, nil
			})
		}
	}
	both := func(list ...func(*core.Hooks)) func(*core.Hooks) {
		return func(h *core.Hooks) {
			for _, bind := range list {
				bind(h)
			}
		}
	}
	refreshed := func(format string) func(*testSites) api.Header {
		return func(w *testSites) api.Header {
			g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: w.shopLogin(), TokenFormat: format})
			w.must(err)
			g, err = w.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, TokenFormat: format})
			w.must(err)
			return bearer(g.Access.Text.Reveal())
		}
	}
	basic := func(*testSites) api.Header { return basicHeader("root", "shop pass") }
	for _, c := range []struct {
		name       string
		hooks      func(*core.Hooks)
		credential func(*testSites) api.Header
	}{
		{"a password", login, basic},
		{"a native token", login, shopToken("")},
		{"a native token that was refreshed", login, refreshed("")},
		{"a native token without a number", both(login, claims("uid")), shopToken("")},
		{"a native token without a name", both(login, claims("preferred_username")), shopToken("")},
		{"a native token without both", both(login, claims("preferred_username", "uid")), shopToken("")},
		{"a mount's token", login, shopToken("shop")},
		{"a mount's token that was refreshed", login, refreshed("shop")},
		{"roles taken out of the claims", claims("roles"), shopToken("")},
		{"and the name", claims("roles", "preferred_username"), shopToken("")},
		{"and the number", claims("roles", "uid"), shopToken("")},
		{"an API key for another role", func(*core.Hooks) {}, shopKey("author")},
	} {
		w := newTestSites(t, func(cfg *core.Config) {
			network(cfg)
			cfg.Policy.Sites[0].AcceptsFrom = []string{"shop"}
			cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
			cfg.Policy.Hooks = core.NewHooks()
			c.hooks(cfg.Policy.Hooks)
		})
		w.shop.users[0].Roles = []string{"administrator", "author"}
		w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"administrator", "editor", "author"}, Hash: w.shop.users[0].Hash}
		credential := c.credential(w)
		for _, target := range []string{"/shop/x", "/forum/x", "/shop/x"} {
			for range 2 {
				d := w.decide(target, credential)
				if d.Outcome != core.Allowed || slices.Contains(d.Identity.Roles, "administrator") {
					t.Errorf("%s at %s: %v as %q %v (%v)", c.name, target, d.Outcome, d.Identity.Subject, d.Identity.Roles, errorOf(d))
				}
			}
		}
	}
}

// TestDropped_peer: the result of login-after for a mount's token is cached only for the
// client that it was called for.
func TestDropped_peer(t *testing.T) {
	w := newTestSites(t, func(c *core.Config) {
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.LoginAfter.Bind("office", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
			if r.Peer.UserAgent != "office" {
				r.Identity.Roles = nil
			}
			return r, nil
		})
	})
	text, err := w.login("shop", "root", "shop pass")
	w.must(err)
	for range 2 {
		for agent, passes := range map[string]bool{"office": true, "home": false} {
			header := bearer(text)
			header["User-Agent"] = []string{agent}
			if d := w.decide("/shop/admin/x", header); (d.Outcome == core.Allowed) != passes {
				t.Errorf("from %s: %v as %v (%v)", agent, d.Outcome, d.Identity.Roles, errorOf(d))
			}
		}
	}
}
