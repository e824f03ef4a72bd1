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

// TestIssue_exchanged lists credentials that may do less than their user and are exchanged
// for a token or session. Neither these nor their refreshes may do more.
func TestIssue_exchanged(t *testing.T) {
	ctx := context.Background()
	keep := func(point string) func(*core.Hooks) {
		if point != "identity-resolved" {
			return rolesAt(point, "author")
		}
		return func(h *core.Hooks) {
			h.IdentityResolved.Bind("keep", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
				if r.Identity.Method != "jwt" { // a hook that would not remove it from the token again
					r.Identity = r.Identity.WithRoles("author")
				}
				return r, nil
			})
		}
	}
	login := (*testSites).shopLogin
	decided := func(header func(*testSites) api.Header) func(*testSites) api.Identity {
		return func(w *testSites) api.Identity {
			d := w.decide("/shop/x", header(w))
			w.must(errorOf(d))
			return d.Identity
		}
	}
	key := func(n core.NewAPIKey) func(*testSites) api.Header {
		return func(w *testSites) api.Header {
			n.Subject = "shop:1"
			text, _ := w.apiKey(n)
			return keyHeader(text)
		}
	}
	token := func(format string) func(*testSites) api.Header {
		return func(w *testSites) api.Header {
			issued, err := w.Tokens().Issue(ctx, core.IssueRequest{Identity: login(w), TokenFormat: format})
			w.must(err)
			return bearer(issued.Text.Reveal())
		}
	}
	password := func(*testSites) api.Header { return basicHeader("root", "shop pass") }
	for _, c := range []struct {
		name   string
		point  string
		who    func(*testSites) api.Identity
		begins bool // whether a session may begin
	}{
		{"a login", "login-after", login, true},
		{"a password with a request", "login-after", decided(password), true},
		{"a mount's token", "login-after", decided(token("shop")), true},
		{"a native token", "login-after", decided(token("")), false},
		{"a key for one role", "", decided(key(core.NewAPIKey{Roles: []string{"author"}})), false},
		{"a key for no role", "", decided(key(core.NewAPIKey{Roles: []string{}})), false},
		{"a key that a hook narrows", "identity-resolved", decided(key(core.NewAPIKey{})), false},
		{"a password that a hook narrows", "identity-resolved", decided(password), false},
		{"a narrowed native token", "token-claims", decided(token("")), false},
		{"the same, by an endpoint", "token-claims", func(w *testSites) api.Identity {
			id, err := w.Verify(ctx, core.VerifyRequest{Token: token("")(w)["Authorization"][0][len("Bearer "):]})
			w.must(err)
			return id
		}, false},
	} {
		for _, format := range []string{"", "shop"} {
			w := newTestSites(t, func(cfg *core.Config) {
				cfg.Policy.Hooks = core.NewHooks()
				keep(c.point)(cfg.Policy.Hooks)
			})
			w.shop.users[0].Roles = []string{"administrator", "author"}
			check := func(what string, text api.Secret) {
				if d := w.decide("/shop/x", bearer(text.Reveal())); slices.Contains(d.Identity.Roles, "administrator") {
					t.Errorf("%s, token format %q, %s: %v %v", c.name, format, what, d.Outcome, d.Identity.Roles)
				}
			}
			id := c.who(w)
			if issued, err := w.Tokens().Issue(ctx, core.IssueRequest{Identity: id, TokenFormat: format}); err == nil {
				check("a token", issued.Text)
			} else if api.ReasonOf(err) != api.ReasonNarrowed {
				t.Errorf("%s: issue in %q: got %v, want reason %q", c.name, format, err, api.ReasonNarrowed)
			}
			g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: format})
			if (err == nil) != c.begins || !c.begins && api.ReasonOf(err) != api.ReasonNarrowed {
				t.Errorf("%s: begin in %q: %v", c.name, format, err)
			}
			if err != nil {
				continue
			}
			check("a session's token", g.Access.Text)
			g, err = w.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, TokenFormat: format})
			w.must(err)
			check("a refreshed token", g.Access.Text)
		}
	}
}

// TestIssue_otherDialect lists logins from which one site's hook removes a role and which
// are then read at another site. Nothing may restore the role.
func TestIssue_otherDialect(t *testing.T) {
	ctx := context.Background()
	login := func(dialect string) func(*testSites) api.Identity {
		return func(w *testSites) api.Identity {
			id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: dialect})
			w.must(err)
			return id
		}
	}
	decide := func(target string) func(*testSites) api.Identity {
		return func(w *testSites) api.Identity {
			d := w.decide(target, basicHeader("root", "shop pass"))
			w.must(errorOf(d))
			return d.Identity
		}
	}
	for _, c := range []struct {
		name, drops, format string
		who                 func(*testSites) api.Identity
		issues, begins      bool
	}{
		{"a site's login, native", "shop", "", login("shop"), true, false},
		{"a site's login, the site's", "shop", "shop", login("shop"), true, true},
		{"a site's login, another's", "shop", "forum", login("shop"), false, false},
		{"a native login, a site's", "auth", "shop", login("auth"), false, false},
		{"a native login, native", "auth", "", login("auth"), true, true},
		{"a login at no site, native", "", "", login(""), true, true},
		{"a login at no site, a site's", "", "shop", login(""), false, false},
		{"a password at a site, native", "shop", "", decide("/shop/x"), true, false},
		{"a password at a site, the site's", "shop", "shop", decide("/shop/x"), true, true},
		{"a password at two sites, one's", "forum", "shop", decide("/twin/x"), false, false},
		{"any site's hook drops it", "*", "forum", login("shop"), true, true},
	} {
		w := newTestSites(t, func(cfg *core.Config) {
			site := func(name, format, prefix string) core.Site {
				return core.Site{Name: name, TokenFormat: format, Prefix: prefix, Directory: "shop"}
			}
			cfg.Policy.Sites = []core.Site{
				site("forum", "forum", "/forum"), site("shop", "shop", "/shop"), site("auth", "", "/auth"),
				site("shop", "shop", "/twin"), site("forum", "forum", "/twin"),
			}
			for i := range cfg.Policy.TokenFormats {
				cfg.Policy.TokenFormats[i].Directory = "shop"
			}
			cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
			cfg.Policy.Hooks = core.NewHooks()
			cfg.Policy.Hooks.LoginAfter.Bind("drop", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
				if c.drops == "*" || r.Dialect == c.drops {
					r.Identity = r.Identity.WithRoles(without("administrator", r.Identity.Roles)...)
				}
				return r, nil
			})
		})
		id := c.who(w)
		target := map[string]string{"": "/any/x"}[c.format]
		if target == "" {
			target = "/" + c.format + "/x"
		}
		check := func(what string, text api.Secret) {
			if d := w.decide(target, bearer(text.Reveal())); d.Outcome != core.Allowed || slices.Contains(d.Identity.Roles, "administrator") {
				t.Errorf("%s, %s: got %v, roles %v (%v); want allowed without administrator", c.name, what, d.Outcome, d.Identity.Roles, errorOf(d))
			}
		}
		issued, err := w.Tokens().Issue(ctx, core.IssueRequest{Identity: id, TokenFormat: c.format})
		if (err == nil) != c.issues || err != nil && api.ReasonOf(err) != api.ReasonNarrowed {
			t.Errorf("%s: issue: %v", c.name, err)
		} else if err == nil {
			check("a token", issued.Text)
		}
		g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: c.format})
		if (err == nil) != c.begins || err != nil && api.ReasonOf(err) != api.ReasonNarrowed {
			t.Errorf("%s: begin: %v", c.name, err)
		}
		if err != nil {
			continue
		}
		check("a session's token", g.Access.Text)
		g, err = w.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, TokenFormat: c.format})
		w.must(err)
		check("a refreshed token", g.Access.Text)
	}
}

// TestIssue_whole: a login with all rights of its user can be exchanged for a session.
func TestIssue_whole(t *testing.T) {
	w := newTestSites(t, nil)
	d := w.decide("/shop/x", basicHeader("root", "shop pass"))
	for _, format := range []string{"", "shop"} {
		if _, err := w.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: d.Identity, TokenFormat: format}); err != nil {
			t.Errorf("%q: StartSession: %v", format, err)
		}
	}
}

// TestIssue_apiKey: an API key cannot be exchanged for a token, which would outlive the
// key.
func TestIssue_apiKey(t *testing.T) {
	ctx := context.Background()
	for name, n := range map[string]core.NewAPIKey{
		"whole":      {},
		"that ends":  {Life: time.Hour},
		"rated":      {Rate: 60},
		"for a role": {Roles: []string{"administrator"}},
	} {
		w := newTestSites(t, network)
		w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"administrator"}}
		n.Subject = "shop:1"
		text, _ := w.apiKey(n)
		for _, target := range []string{"/shop/x", "/forum/x"} {
			d := w.decide(target, keyHeader(text))
			w.must(errorOf(d))
			for _, format := range []string{"", d.Identity.Directory} {
				_, issue := w.Tokens().Issue(ctx, core.IssueRequest{Identity: d.Identity, TokenFormat: format, Client: "app"})
				_, begin := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: d.Identity, TokenFormat: format, Client: "app"})
				if api.ReasonOf(issue) != api.ReasonNarrowed || api.ReasonOf(begin) != api.ReasonNarrowed {
					t.Errorf("a key %s at %s, token format %q: issue %v, begin %v", name, target, format, issue, begin)
				}
			}
		}
	}
}
