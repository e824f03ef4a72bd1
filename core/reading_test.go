package core_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// TestDecide_read: rules apply to what the upstream will read.
func TestDecide_read(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Rules: []route.Rule{
			{Name: "open", Path: "/wp-json/open", Methods: []string{"GET"}, Access: route.Public, Upstream: "shop"},
			{Name: "other", Path: "/wp-json/other", Access: route.Public, Upstream: "other"},
			{Name: "plain", Path: "/api/**", Access: route.Public, Upstream: "other"},
			{Name: "rest", Path: "/**", Upstream: "shop"},
		},
		Application: core.Application{Read: func(upstream, method, path, query string) (route.Reading, error) {
			if upstream != "shop" {
				return route.Reading{}, nil
			}
			return wordpress.Reader{}.Read(method, path, query)
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, tc := range []struct{ method, target, want string }{
		{"GET", "/wp-json/open", "open"},
		{"GET", "/?rest_route=/open", "open"},
		{"GET", "/wp-json/open?rest_route=/secret", "unauthenticated"},
		{"GET", "/wp-json/open?_method=DELETE", "unauthenticated"},
		{"POST", "/?rest_route=/open", "unauthenticated"},
		{"GET", "/?rest_route=/other", "invalid"},
		{"GET", "/?rest_route=/open&rest_route=/open", "invalid"},
		{"GET", "/api/x?rest_route=/open&rest_route=/open", "plain"},
	} {
		if got := ruleOrCode(e.Decide(t.Context(), &api.Attempt{Method: tc.method, RawTarget: tc.target, Host: "h"})); got != tc.want {
			t.Errorf("%s %s: got %s, want %s", tc.method, tc.target, got, tc.want)
		}
	}
}

// ruleOrCode returns the name of the rule that allowed the request, or the error's code.
func ruleOrCode(d core.Decision) string {
	if d.Err != nil {
		return string(d.Err.Code)
	}
	return d.Rule.Name
}

// TestDecide_override: a header that overrides the method applies only to REST routes and
// only if the policy reads it.
func TestDecide_override(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Rules: []route.Rule{
			{Name: "put", Path: "/wp-json/**", Methods: []string{"PUT"}, Access: route.Public, Upstream: "shop"},
			{Name: "page", Path: "/page", Methods: []string{"POST"}, Access: route.Public, Upstream: "shop"},
			{Name: "both", Path: "/x/wp-json/a", Methods: []string{"POST"}, Access: route.Public, Upstream: "shop"},
			{Name: "plain", Path: "/api/**", Methods: []string{"POST"}, Access: route.Public, Upstream: "other"},
		},
		Application: core.Application{
			Read: func(upstream, method, path, query string) (route.Reading, error) {
				if upstream == "other" {
					return route.Reading{}, nil
				}
				return wordpress.Reader{}.Read(method, path, query)
			},
			Override: func(_ string, a *api.Attempt) (string, error) { return wordpress.Override(a.Query, a.Header) },
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, tc := range []struct{ target, header, want string }{
		{"/wp-json/a", "PUT", "put"}, {"/wp-json/a", "put", "put"}, {"/wp-json/a", "DELETE", "denied"},
		{"/wp-json/a?_method=PUT", "DELETE", "put"}, {"/wp-json/a?_method=DELETE", "PUT", "denied"},
		{"/page", "PUT", "page"}, {"/x/wp-json/a", "PUT", "both"}, {"/x/wp-json/a", "DELETE", "denied"}, {"/api/x", "PUT", "plain"},
		{"/wp-json/a", "", "invalid"}, {"/wp-json/a", "PUT, GET", "invalid"},
	} {
		a := &api.Attempt{Method: "POST", RawTarget: tc.target, Host: "h", Header: api.Header{"X-Http-Method-Override": {tc.header}}}
		if got := ruleOrCode(e.Decide(t.Context(), a)); got != tc.want {
			t.Errorf("%s with %q: got %s, want %s", tc.target, tc.header, got, tc.want)
		}
	}
}

// TestDecide_readWithoutLiteralRule: a path without a rule is decided by what the only
// application reads.
func TestDecide_readWithoutLiteralRule(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Rules: []route.Rule{
			{Name: "posts", Path: "/wp-json/wp/v2/posts", Access: route.Public},
			{Name: "home", Path: "/", Access: route.Public},
		},
		Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{}.Read(method, path, query)
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for target, want := range map[string]string{
		"/wp-json/WP/V2/Posts/":          "posts",
		"/?rest_route=/wp/v2/posts":      "posts",
		"/wp-json/WP/V2/Users":           api.ReasonNoRule,
		"/other":                         api.ReasonNoRule,
		"/?rest_route=/wp/v2/users":      api.ReasonNoRule,
		"/other?rest_route=/wp/v2/posts": api.ReasonBadPath,
	} {
		d := e.Decide(t.Context(), &api.Attempt{Method: "GET", RawTarget: target, Host: "h"})
		got := ""
		if d.Err != nil {
			got = d.Err.Reason
		} else {
			got = d.Rule.Name
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
	}
}

// TestDecide_several: if a request can be read in several ways, all must be allowed, in
// whatever order they are.
func TestDecide_several(t *testing.T) {
	rules := map[string]route.Rule{
		"public": {Access: route.Public}, "optional": {Access: route.Optional}, "required": {},
		"editors": {Roles: []string{"editor"}}, "admins": {Roles: []string{"owner"}},
		"forgiving": {Access: route.Optional, OnBadToken: route.Anonymous}, "elsewhere": {Access: route.Public, Upstream: "other"},
		"forwarding": {Access: route.Optional, ForwardCredential: true},
	}
	var list []route.Rule
	for name, r := range rules {
		r.Name, r.Path = name, "/"+name
		list = append(list, r)
	}
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = list
		c.Policy.Read = readsNames
	})
	const nobody, alice, bad = "nobody", "alice", "bad"
	token := map[string]api.Header{nobody: nil, alice: bearer(h.token("alice")), bad: bearer("x")}
	for _, tc := range []struct{ meanings, who, want string }{
		{"public&public", nobody, ""},
		{"public&optional", nobody, ""},
		{"public&required", nobody, api.ReasonNoCredential},
		{"optional&required", nobody, api.ReasonNoCredential},
		{"optional&optional", bad, "malformed"},
		{"forgiving&forgiving", bad, ""},
		{"forgiving&public", bad, ""},
		{"forgiving&optional", bad, "malformed"},
		{"required&public", alice, ""},
		{"editors&public", alice, ""},
		{"editors&admins", alice, api.ReasonRole},
		{"public&none", nobody, api.ReasonNoRule},
		{"public&elsewhere", nobody, api.ReasonBadPath},
		{"optional&public&editors&admins", alice, api.ReasonRole},
	} {
		names := strings.Split(tc.meanings, "&")
		for range names {
			names = append(names[1:], names[0])
			d := h.Decide(t.Context(), &api.Attempt{Method: "GET", Host: "h", RawTarget: "/public?" + strings.Join(names, "&"), Header: token[tc.who]})
			got := ""
			if d.Err != nil {
				got = d.Err.Reason
			}
			if got != tc.want && !(tc.want == "malformed" && got != "") {
				t.Errorf("%v, %s: got %q, want %q", names, tc.who, got, tc.want)
			}
		}
	}
	for names, want := range map[string]bool{"forwarding": true, "forwarding&forwarding": true, "forwarding&optional": false, "optional&forwarding": false} {
		d := h.Decide(t.Context(), &api.Attempt{Method: "GET", Host: "h", RawTarget: "/public?" + names, Header: token[alice]})
		if d.Rule == nil || d.Rule.ForwardCredential != want {
			t.Errorf("%s: %v, %v; want forwarding %t", names, d.Rule, d.Err, want)
		}
	}
}

// TestDecide_siteByReading: a role refused at a site's API cannot reach it by another path
// that the site reads as the same route.
func TestDecide_siteByReading(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
		c.Policy.Sites = []core.Site{{Name: "blog", Prefix: "/blog", TokenFormat: "other", RefuseToken: []string{"editor"}}}
		c.Policy.Read = func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{REST: []string{"/blog/wp-json"}}.Read(method, path, query)
		}
	})
	token := bearer(h.token("alice"))
	for path, want := range map[string]bool{
		"/wiki/x": true, "/blog/wp-json/a": false, "/blogwp-json/a": false, "/BLOG/wp-json/a": false, "/index.php/wp-json/a": false, "/wp-json/a": false,
	} {
		if d := h.decide(path, token); (d.Outcome == core.Allowed) != want {
			t.Errorf("%s: got %v, want allowed %t", path, d.Err, want)
		}
	}
}
