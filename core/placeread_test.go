package core_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// TestPlace_read: whether a credential counts in a place depends on the ways in which the
// upstream could read the request, not on its path alone.
func TestPlace_read(t *testing.T) {
	here := []core.Place{{Prefix: "/shop/wp-json/wc"}}
	site := wordpress.Reader{REST: []string{"/wp-json", "/shop/wp-json"}}
	sites := func(c *core.Config) {
		c.Policy.Sites[1].Prefix = "/shop/wp-json/wc"
		c.Policy.Sites[0].Prefix = "/shop"
	}
	native := func(w *testSites) api.Header { return bearer(w.issue(w.alice.Identity("store")).Text.Reveal()) }
	key := func(w *testSites) api.Header {
		text, _ := w.apiKey(core.NewAPIKey{Subject: "u_alice"})
		return keyHeader(text)
	}
	own := func(w *testSites) api.Header {
		text, err := w.login("shop", "root", "shop pass")
		w.must(err)
		return bearer(text)
	}
	for name, c := range map[string]struct {
		change     func(*core.Config)
		credential func(*testSites) api.Header
	}{
		"API keys":             {func(c *core.Config) { c.Policy.Methods[1].Places = here }, key},
		"passwords":            {func(c *core.Config) { c.Policy.Methods[0].Places = here }, func(*testSites) api.Header { return basicHeader("alice", "shop pass") }},
		"the method of tokens": {func(c *core.Config) { c.Policy.Methods[2].Places = here }, native},
		"native tokens":        {func(c *core.Config) { c.Policy.Tokens.Places = here }, native},
		"a site's tokens":      {sites, own},
		"a token format's without a site": {func(c *core.Config) {
			c.Policy.Sites = nil
			c.Policy.TokenFormats[1].Places = here
			c.Policy.TokenFormats[1].Directory = "shop"
		}, ownAnywhere},
	} {
		w := newTestSites(t, func(cfg *core.Config) {
			cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
			cfg.Policy.Read = func(_, method, path, query string) (route.Reading, error) { return site.Read(method, path, query) }
			c.change(cfg)
		})
		credential := c.credential(w)
		for target, passes := range map[string]bool{
			"/shop/wp-json/wc":                                        true,
			"/shop/wp-json/wc/v3/orders":                              true,
			"/shop/wp-json/wc?rest_route=/wc/v3/orders":               true,
			"/shop/wp-json/wp/v2/users":                               false,
			"/shop/wp-json/wc?rest_route=/wp/v2/users":                false,
			"/shop/wp-json/wc?rest_route=/wp/v2/users&_method=DELETE": false,
			"/shop/wp-json/wc/x?rest%5froute=/wp/v2/users":            false,
			"/shop/wp-json/wc/x?rest_route=/":                         false,
			"/shop/wp-json/wc/x?rest_route=/wcs/v3":                   false,
			"/shop/?rest_route=/wc/v3/orders":                         false,
			"/wp-json/wc/v3/orders":                                   false,
			"/?rest_route=/wc/v3/orders":                              false,
		} {
			if d := w.decide(target, credential); (d.Outcome == core.Allowed) != passes {
				t.Errorf("%s at %s: %v (%v), want it to pass: %v", name, target, d.Outcome, errorOf(d), passes)
			}
		}
	}
}

// ownAnywhere is a token in the shop's format, used where no site has that format.
func ownAnywhere(w *testSites) api.Header {
	issued, err := w.Tokens().Issue(w.t.(*testing.T).Context(), core.IssueRequest{Identity: mustUser(w.t.(*testing.T), w, "shop:1"), TokenFormat: "shop"})
	w.must(err)
	return bearer(issued.Text.Reveal())
}
