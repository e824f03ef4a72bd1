package core_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestNetwork_narrowed tests credentials that may do less than their user at home: at a
// sister site they have no role that they lack at home.
func TestNetwork_narrowed(t *testing.T) {
	claims := func(h *core.Hooks) {
		h.TokenClaims.Bind("only", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
			v.Claims = v.Claims.With("roles", []any{"subscriber"})
			return v, nil
		})
	}
	login := func(h *core.Hooks) {
		h.LoginAfter.Bind("only", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
			if r.Dialect != "forum" {
				r.Identity = r.Identity.WithRoles("subscriber")
			}
			return r, nil
		})
	}
	for _, c := range []struct {
		name       string
		hooks      func(*core.Hooks)
		credential func(*testSites) api.Header
		want       string // roles at the sister
	}{
		{"claims", claims, shopToken(""), "[subscriber]"},
		{"a native token, by its login", login, shopToken(""), "[subscriber]"},
		{"a mount's token, by its login", login, shopToken("shop"), "[subscriber]"},
		{"a key", func(*core.Hooks) {}, shopKey("subscriber"), "[subscriber]"},
		{"nothing narrows a native token", func(*core.Hooks) {}, shopToken(""), "[administrator subscriber]"},
		{"nothing narrows a mount's", func(*core.Hooks) {}, shopToken("shop"), "[administrator subscriber]"},
	} {
		w := newTestSites(t, func(cfg *core.Config) {
			network(cfg)
			cfg.Policy.Sites[0].AcceptsFrom = []string{"shop"}
			cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
			cfg.Policy.Hooks = core.NewHooks()
			c.hooks(cfg.Policy.Hooks)
		})
		w.shop.users[0].Roles = []string{"author", "subscriber"}
		w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"administrator", "subscriber"}, Hash: w.shop.users[0].Hash}
		header := c.credential(w)
		for range 2 {
			d := w.decide("/forum/x", header)
			if got := fmt.Sprint(d.Identity.Roles); d.Outcome != core.Allowed || got != c.want {
				t.Errorf("%s: %v with %s (%v), want %s", c.name, d.Outcome, got, errorOf(d), c.want)
			}
		}
	}
}
