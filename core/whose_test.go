package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestSite_read tests requests whose path belongs to one site but which WordPress could
// read as requests to another, with credentials of a user who is administrator of the outer
// site and subscriber of the inner one.
func TestSite_read(t *testing.T) {
	ctx := context.Background()
	credentials := map[string]func(*testSites) api.Header{
		"a token": func(w *testSites) api.Header {
			text, err := w.login("forum", "root", "shop pass")
			w.must(err)
			return bearer(text)
		},
		"a native token": func(w *testSites) api.Header {
			return bearer(w.issue(mustUser(t, w, "forum:1")).Text.Reveal())
		},
		"a password": func(*testSites) api.Header { return basicHeader("root", "shop pass") },
		"an API key": func(w *testSites) api.Header {
			text, _ := w.apiKey(core.NewAPIKey{Subject: "forum:1"})
			return keyHeader(text)
		},
	}
	for _, shared := range []bool{true, false} {
		w := newTestSites(t, func(c *core.Config) {
			if shared {
				network(c)
			}
			readsREST(c)
			c.Policy.Sites = []core.Site{
				{Name: "forum", TokenFormat: "forum", Directory: "forum", AcceptsFrom: []string{"shop"}},
				{Name: "shop", TokenFormat: "shop", Directory: "shop", Prefix: "/shop", AcceptsFrom: []string{"forum"}},
			}
			c.Policy.Rules = []route.Rule{
				{Name: "site", Path: "/**"},
				{Name: "shop", Path: "/shop/wp-json/**", Roles: []string{"administrator"}},
			}
		})
		w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"administrator"}, Hash: w.shop.users[0].Hash}
		w.shop.users[0].Roles = []string{"subscriber"}
		for what, credential := range credentials {
			if !shared && what != "a password" {
				continue // the user does not depend on the site
			}
			header := credential(w)
			for target, passes := range map[string]bool{
				"/wp-json/wc/v3/orders":                   true,
				"/index.php/wp-json/wc/v3/orders":         true,
				"/shop/wp-json/wc/v3/orders":              false,
				"/SHOP/wp-json/wc/v3/orders":              false,
				"/index.php/shop/wp-json/wc/v3/orders":    false,
				"/en/shop/wp-json/wc/v3/orders":           false,
				"/shop/?rest_route=/wc/v3/orders":         false,
				"/x/index.php/shop/wp-json/wc/v3/orders":  false,
				"/shop/index.php/shop/wp-json/wc/v3/a/b/": false,
			} {
				for range 2 {
					d := w.Decide(ctx, get(target, header))
					if (d.Outcome == core.Allowed) != passes {
						t.Errorf("shared %v, %s at %s: %v as %q %v (%v)", shared, what, target, d.Outcome, d.Identity.Subject, d.Identity.Roles, errorOf(d))
					}
				}
			}
		}
	}
}

// TestSite_trimmed tests requests whose path belongs to another site if a server removes a
// dot or blank at the end of a segment: they are refused if the credential would be another
// user's there.
func TestSite_trimmed(t *testing.T) {
	ctx := context.Background()
	credentials := map[string]func(*testSites) api.Header{
		"a native token": func(w *testSites) api.Header {
			return bearer(w.issue(mustUser(t, w, "forum:1")).Text.Reveal())
		},
		"a password": func(*testSites) api.Header { return basicHeader("root", "shop pass") },
		"an API key": func(w *testSites) api.Header {
			text, _ := w.apiKey(core.NewAPIKey{Subject: "forum:1"})
			return keyHeader(text)
		},
	}
	for _, shared := range []bool{true, false} {
		w := newTestSites(t, func(c *core.Config) {
			if shared {
				network(c)
			}
			c.Policy.Sites = []core.Site{
				{Name: "forum", TokenFormat: "forum", Directory: "forum"}, {Name: "shop", TokenFormat: "shop", Directory: "shop", Prefix: "/shop"},
			}
			c.Policy.Rules = []route.Rule{{Name: "site", Path: "/**", Roles: []string{"administrator"}}}
		})
		w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"administrator"}, Hash: w.shop.users[0].Hash}
		w.shop.users[0].Roles = []string{"subscriber"}
		for what, credential := range credentials {
			header := credential(w)
			bySite := shared || what == "a password"
			for target, want := range map[string]bool{"/x": true, "/x.": true, "/shop/x": !bySite, "/shop./x": !bySite, "/shop%20/x": !bySite, "/shop.": !bySite} {
				a := get(target, header)
				d := w.Decide(ctx, a)
				passes := d.Outcome == core.Allowed && w.CheckTrimmed(ctx, a, d) == nil
				if passes != want {
					t.Errorf("shared %v, %s at %s: passes %v as %q, want %v", shared, what, target, passes, d.Identity.Subject, want)
				}
			}
		}
	}
}

// TestHeader_read: if a rule or site takes no credential from the standard header, none is
// taken from it when the request can also be read differently.
func TestHeader_read(t *testing.T) {
	own := route.HeaderSpec{Name: "X-Token", Prefix: "Bearer", RefuseStandard: true}
	for name, change := range map[string]func(*core.Policy){
		"a rule": func(p *core.Policy) {
			p.Rules = []route.Rule{{Name: "all", Path: "/**"}, {Name: "wc", Path: "/wp-json/wc/**", Header: own}}
		},
		"a site": func(p *core.Policy) {
			p.Rules = []route.Rule{{Name: "all", Path: "/**"}}
			p.Sites = []core.Site{{Name: "wc", Prefix: "/wp-json/wc", Header: own}}
		},
	} {
		h := newTestEngine(t, func(c *core.Config) {
			readsREST(c)
			change(&c.Policy)
		})
		text := h.token("alice")
		for target, standard := range map[string]bool{
			"/x": true, "/wp-json/wp/v2/posts": true, "/wp-json/wc/v3/orders": false,
			"/en/wp-json/wc/v3/orders": false, "/index.php/wp-json/wc/v3/orders": false, "/?rest_route=/wc/v3/orders": false,
		} {
			for header, passes := range map[string]bool{"Authorization": standard, "X-Token": !standard} {
				d := h.decide(target, api.Header{header: {"Bearer " + text}})
				if (d.Outcome == core.Allowed) != passes {
					t.Errorf("%s, %s at %s: %v (%v), want it to pass: %v", name, header, target, d.Outcome, errorOf(d), passes)
				}
			}
		}
	}
}

// TestAuthenticate_resident: Authenticate accepts the same users at our own endpoints as
// Decide does there, with every kind of credential.
func TestAuthenticate_resident(t *testing.T) {
	w := newTestSites(t, func(c *core.Config) {
		c.Policy.Sites = append(c.Policy.Sites, core.Site{Name: "auth", Prefix: "/auth"})
		c.Policy.Rules = append(c.Policy.Rules, route.Rule{Name: "auth", Path: "/auth/**", Directory: "store"})
	})
	key := func(subject string) api.Header {
		text, _ := w.apiKey(core.NewAPIKey{Subject: subject})
		return keyHeader(text)
	}
	native := func(subject string) api.Header {
		return bearer(w.issue(mustUser(t, w, subject)).Text.Reveal())
	}
	for _, c := range []struct {
		name, path string
		header     api.Header
		subject    string
	}{
		{"the store's token", "/auth/me", native("u_alice"), "u_alice"},
		{"the store's key", "/auth/me", key("u_alice"), "u_alice"},
		{"the store's password", "/auth/me", basicHeader("bob", password), "u_bob"},
		{"another's token", "/auth/me", native("shop:1"), ""},
		{"another's key", "/auth/me", key("shop:1"), ""},
		{"another's password", "/auth/me", basicHeader("root", "shop pass"), ""},
		{"at a site of its own", "/shop/me", native("shop:1"), "shop:1"},
		{"at another's site", "/shop/me", native("u_alice"), ""},
		{"another site's key", "/shop/me", key("forum:1"), ""},
		{"where no rule asks", "/any/me", native("shop:1"), "shop:1"},
	} {
		a := get(c.path, c.header)
		a.Path = c.path
		d, decision := w.Authenticate(t.Context(), a), w.decide(c.path, c.header)
		if d.Identity.Subject != c.subject || decision.Identity.Subject != c.subject && decision.Outcome == core.Allowed {
			t.Errorf("%s: %q (%v), and Decide %v as %q (%v), want %q", c.name, d.Identity.Subject, errorOf(d),
				decision.Outcome, decision.Identity.Subject, errorOf(decision), c.subject)
		}
	}
}
