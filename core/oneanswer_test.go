package core_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

func network(c *core.Config) {
	for _, d := range c.Directories {
		if f, ok := d.(*foreignTable); ok {
			f.network = "wp"
		}
	}
}

// without returns a copy of the list without a role.
func without(role string, list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(r string) bool { return r == role })
}

// ask shows a token to Decide at a path and to Verify at a site there.
func (w *testSites) ask(path, site, token string) (decision core.Decision, id api.Identity, err error) {
	a := get(path, nil)
	a.Path = path
	id, err = w.Verify(context.Background(), core.VerifyRequest{Token: token, TokenFormat: site, Attempt: a})
	return w.decide(path, bearer(token)), id, err
}

// TestToken_oneAnswer tests everything that makes Decide refuse a token or accept it as a
// user: endpoints that verify it, such as a plugin's validate, give the same answer.
func TestToken_oneAnswer(t *testing.T) {
	ctx := context.Background()
	bind := func(c *core.Config, f func(*core.Hooks)) {
		c.Policy.Hooks = core.NewHooks()
		f(c.Policy.Hooks)
	}
	native := func(subject string) func(*testSites) string {
		return func(w *testSites) string { return w.issue(mustUser(w.t.(*testing.T), w, subject)).Text.Reveal() }
	}
	mount := func(site, login string) func(*testSites) string {
		return func(w *testSites) string {
			text, err := w.login(site, login, api.Secret(site+" pass"))
			w.must(err)
			return text
		}
	}
	accepting := func(c *core.Config) { c.Policy.Sites[1].AcceptsFrom = []string{"forum"} }
	sister := func(c *core.Config) { network(c); accepting(c) }
	for _, c := range []struct {
		name    string
		change  func(*core.Config)
		token   func(*testSites) string
		then    func(*testSites) // after the token was issued
		subject string           // of who passes
		roles   []string
		reason  string // of the refusal
	}{
		{"the site's own", nil, mount("shop", "root"), nil, "shop:1", []string{"administrator"}, ""},
		{"a native token of the site's", nil, native("shop:1"), nil, "shop:1", []string{"administrator"}, ""},
		{"a native token of the store's administrator", nil, native("u_alice"), nil, "", nil, api.ReasonNotAUser},
		{"another site's that is accepted", accepting, mount("forum", "eve"), nil, "", nil, api.ReasonNotAUser},
		{"that another rule accepts", func(c *core.Config) { network(c); c.Policy.Rules[2].AcceptsFrom = []string{"forum"} },
			mount("forum", "eve"), nil, "", nil, "elsewhere"},
		{"the site takes no tokens", func(c *core.Config) {
			c.Policy.Accepts = func(a *api.Attempt) bool { return a.Path != "/shop/x" || a.Credential.Kind != api.Bearer }
		}, mount("shop", "root"), nil, "", nil, api.ReasonBadCredential},
		{"another site's", nil, mount("forum", "eve"), nil, "", nil, "elsewhere"},
		{"native tokens count elsewhere", func(c *core.Config) {
			c.Policy.Tokens.Places = []core.Place{{Prefix: "/forum"}}
		}, native("shop:1"), nil, "", nil, "elsewhere"},
		{"the method counts elsewhere", func(c *core.Config) {
			c.Policy.Methods[2].Places = []core.Place{{Prefix: "/forum"}}
		}, mount("shop", "root"), nil, "", nil, api.ReasonBadCredential},
		{"the method refuses the role", func(c *core.Config) {
			c.Policy.Methods[2].RefuseRoles = []string{"administrator"}
		}, mount("shop", "root"), nil, "", nil, api.ReasonRoleRefused},
		{"the site refuses tokens of the role", func(c *core.Config) {
			c.Policy.Sites[1].RefuseToken = []string{"administrator"}
		}, native("shop:1"), nil, "", nil, api.ReasonRoleRefused},
		{"a hook drops the role", func(c *core.Config) {
			bind(c, func(h *core.Hooks) {
				h.IdentityResolved.Bind("drop", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
					r.Identity.Roles = without("administrator", r.Identity.Roles)
					return r, nil
				})
			})
		}, mount("shop", "root"), nil, "shop:1", nil, ""},
		{"a hook refuses the user", func(c *core.Config) {
			bind(c, func(h *core.Hooks) {
				h.IdentityResolved.Bind("no", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
					return r, api.E(api.Denied, "no_tuesdays", "not today")
				})
			})
		}, mount("shop", "root"), nil, "", nil, "no_tuesdays"},
		{"a hook refuses the token", func(c *core.Config) {
			bind(c, func(h *core.Hooks) {
				h.TokenVerify.Bind("no", func(_ context.Context, r core.TokenCheck) (core.TokenCheck, error) {
					return r, api.E(api.Denied, "no_tuesdays", "not today")
				})
			})
		}, mount("shop", "root"), nil, "", nil, "no_tuesdays"},
		{"what is known is old", func(c *core.Config) { c.Policy.WhenStale = core.StaleClosed },
			mount("shop", "root"), func(w *testSites) { w.clock.advance(time.Minute) }, "", nil, api.ReasonStale},
		{"a network's user", sister, mount("forum", "eve"), nil, "shop:1", []string{"administrator"}, ""},
		{"whose origin was revoked", sister, mount("forum", "eve"), func(w *testSites) {
			w.must(w.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSubject, Key: "forum:1"}))
		}, "", nil, api.ReasonTokenRevoked},
		{"who was revoked at the site", sister, mount("forum", "eve"), func(w *testSites) {
			w.must(w.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSubject, Key: "shop:1"}))
		}, "", nil, api.ReasonTokenRevoked},
		{"a native token whose origin was revoked", sister, native("forum:1"), func(w *testSites) {
			w.must(w.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSubject, Key: "forum:1"}))
		}, "", nil, api.ReasonTokenRevoked},
		{"that could be of two sites", func(c *core.Config) { twins(c) }, mount("shop", "root"), nil, "", nil, api.ReasonTokenSite},
		{"that is another's user, too", func(c *core.Config) { twins(c) }, mount("forum", "eve"),
			func(w *testSites) { w.forum.users = w.forum.users[1:] }, "", nil, api.ReasonTokenSite},
	} {
		for _, seen := range []bool{false, true} { // whether Decide has cached the token
			w := newTestSites(t, c.change)
			if w.forum.network != "" {
				w.shop.users[0].Login = "eve"
			}
			token := c.token(w)
			if seen {
				w.decide("/shop/x", bearer(token))
			}
			if c.then != nil {
				c.then(w)
			}
			decision, id, err := w.ask("/shop/x", "shop", token)
			for who, got := range map[string]struct {
				id  api.Identity
				err error
			}{"decide": {decision.Identity, errorOf(decision)}, "verify": {id, err}} {
				switch {
				case c.subject != "" && (got.err != nil || got.id.Subject != c.subject || !slices.Equal(got.id.Roles, c.roles)):
					t.Errorf("%s: %s says %q %v (%v), want %q %v", c.name, who, got.id.Subject, got.id.Roles, got.err, c.subject, c.roles)
				case c.subject == "" && got.err == nil,
					c.reason != "" && c.reason != "elsewhere" && api.ReasonOf(got.err) != c.reason:
					t.Errorf("%s: %s says %q %v (%v), want a refusal for %q", c.name, who, got.id.Subject, got.id.Roles, got.err, c.reason)
				}
			}
		}
	}
}

// twins makes the tokens of both mounts look the same.
func twins(c *core.Config) {
	forum, shop := &c.Policy.TokenFormats[0], &c.Policy.TokenFormats[1]
	shop.Issuer, forum.Keys, shop.Keys = forum.Issuer, nil, nil
}

// TestVerify_rule: if no site determines the directory, the rule does.
func TestVerify_rule(t *testing.T) {
	for directory, reason := range map[string]string{"": "", "store": api.ReasonNotAUser} {
		w := newTestSites(t, func(c *core.Config) {
			c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**", Directory: directory}}
			c.Policy.Sites = nil
			c.Policy.TokenFormats = nil
		})
		decision, _, err := w.ask("/shop/x", "", w.issue(mustUser(t, w, "shop:1")).Text.Reveal())
		if api.ReasonOf(err) != reason || api.ReasonOf(errorOf(decision)) != reason {
			t.Errorf("directory %q: %v, %v", directory, err, decision.Err)
		}
	}
}
