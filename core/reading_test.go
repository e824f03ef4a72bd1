package core_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestDecide_read: rules speak of what the upstream is going to read.
func TestDecide_read(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Rules: []route.Rule{
			{Name: "open", Path: "/wp-json/open", Methods: []string{"GET"}, Access: route.Public, Upstream: "shop"},
			{Name: "other", Path: "/wp-json/other", Access: route.Public, Upstream: "other"},
			{Name: "plain", Path: "/api/**", Access: route.Public, Upstream: "other"},
			{Name: "rest", Path: "/**", Upstream: "shop"},
		},
		Read: func(upstream, method, path, query string) (string, string, error) {
			if upstream != "shop" {
				return method, path, nil
			}
			return route.WordPress{}.Read(method, path, query)
		},
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
		d := e.Decide(t.Context(), &api.Attempt{Method: tc.method, RawTarget: tc.target, Host: "h"})
		var got string
		if d.Err != nil {
			got = string(d.Err.Code)
		} else {
			got = d.Rule.Name
		}
		if got != tc.want {
			t.Errorf("%s %s: got %s, want %s", tc.method, tc.target, got, tc.want)
		}
	}
}

// TestDecide_readWithoutLiteralRule: a path that no rule names as it is written is
// found by what the only application reads.
func TestDecide_readWithoutLiteralRule(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Rules: []route.Rule{
			{Name: "posts", Path: "/wp-json/wp/v2/posts", Access: route.Public},
			{Name: "home", Path: "/", Access: route.Public},
		},
		Read: func(_, method, path, query string) (string, string, error) {
			return route.WordPress{}.Read(method, path, query)
		},
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
