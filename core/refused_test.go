package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestRefuseRoles_dropped: a refused role counts even if it is not among the roles of the
// identity, because a hook removed it or the user has it at another site of the network.
func TestRefuseRoles_dropped(t *testing.T) {
	refused := []string{"banned"}
	tokens := func(site int) func(*core.Config) {
		return func(c *core.Config) { c.Policy.Sites[site].RefuseToken = refused }
	}
	everywhere := func(c *core.Config) { c.Policy.Tokens.RefuseRoles = refused }
	method := func(c *core.Config) {
		for i := range c.Policy.Methods {
			c.Policy.Methods[i].RefuseRoles = refused
		}
	}
	passwords := func(c *core.Config) { c.Policy.Sites[1].RefuseBasic = refused }
	password := func(*testSites) api.Header { return basicHeader("root", "shop pass") }
	const home, sister = "/shop/x", "/forum/x"
	for _, c := range []struct {
		name       string
		change     func(*core.Config)
		credential func(*testSites) api.Header
		site       string // where the user has the role
		target     string
		passes     bool
	}{
		{"a token, by its site", tokens(1), shopToken("shop"), "shop", home, false},
		{"a token, by the method", method, shopToken("shop"), "shop", home, false},
		{"a password, by the site", passwords, password, "shop", home, false},
		{"a password, by the method", method, password, "shop", home, false},
		{"a token at the sister, by its home", tokens(1), shopToken("shop"), "shop", sister, false},
		{"a token at the sister, by the method", method, shopToken("shop"), "shop", sister, false},
		{"a token at the sister, by the sister", tokens(0), shopToken("shop"), "forum", sister, false},
		{"a native token at the sister, by the sister", tokens(0), shopToken(""), "forum", sister, false},
		{"a token where nobody gets one", everywhere, shopToken("shop"), "shop", home, false},
		{"a token of whom would get none at home", everywhere, shopToken("shop"), "shop", sister, false},
		{"a token at a sister where nobody gets one", everywhere, shopToken("shop"), "forum", sister, false},
		{"a native token at a sister where nobody gets one", everywhere, shopToken(""), "forum", sister, false},
		{"what the sister refuses, at home", tokens(0), shopToken("shop"), "forum", home, true},
		{"what the sister refuses, of a role at home", tokens(0), shopToken("shop"), "shop", sister, true},
	} {
		for _, drops := range []bool{true, false} {
			w := newTestSites(t, func(cfg *core.Config) {
				network(cfg)
				c.change(cfg)
				cfg.Policy.Sites[0].AcceptsFrom = []string{"shop"}
				cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
				cfg.Policy.Hooks = core.NewHooks()
				if drops {
					cfg.Policy.Hooks.LoginAfter.Bind("drop", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
						r.Identity.Roles = without("banned", r.Identity.Roles)
						return r, nil
					})
				}
			})
			w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"author"}, Hash: w.shop.users[0].Hash}
			header := c.credential(w)
			there := map[string]*foreignTable{"shop": w.shop, "forum": w.forum}[c.site]
			there.users[0].Roles = []string{"author", "banned"}
			for range 2 { // the second time out of memory
				d := w.decide(c.target, header)
				if (d.Outcome == core.Allowed) != c.passes || !c.passes && d.Err.Reason != api.ReasonRoleRefused {
					t.Errorf("%s, dropped %v: %v as %q %v (%v), want it to pass: %v",
						c.name, drops, d.Outcome, d.Identity.Subject, d.Identity.Roles, errorOf(d), c.passes)
				}
			}
		}
	}
}

// TestRefuseRoles_verify: an endpoint that verifies a token refuses it for the same roles.
func TestRefuseRoles_verify(t *testing.T) {
	for what, change := range map[string]func(*core.Config){
		"tokens of the site": func(c *core.Config) { c.Policy.Sites[1].RefuseToken = []string{"banned"} },
		"all tokens":         func(c *core.Config) { c.Policy.Tokens.RefuseRoles = []string{"banned"} },
	} {
		w := newTestSites(t, func(c *core.Config) {
			change(c)
			c.Policy.Hooks = core.NewHooks()
			c.Policy.Hooks.LoginAfter.Bind("drop", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
				r.Identity.Roles = nil
				return r, nil
			})
		})
		text, err := w.login("shop", "root", "shop pass")
		w.must(err)
		w.shop.users[0].Roles = []string{"banned"}
		here := get("/shop/x", nil)
		here.Path = "/shop/x"
		for name, a := range map[string]*api.Attempt{"anywhere": nil, "at the shop": here} {
			_, err := w.Verify(context.Background(), core.VerifyRequest{Token: text, TokenFormat: "shop", Attempt: a})
			if api.ReasonOf(err) != api.ReasonRoleRefused {
				t.Errorf("%s, %s: got %v, want reason %q", what, name, err, api.ReasonRoleRefused)
			}
		}
	}
}
