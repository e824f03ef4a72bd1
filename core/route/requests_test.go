package route_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
)

// TestTable_Requests: each request matches the given place, and the rule returned with it
// is the one that decides it.
func TestTable_Requests(t *testing.T) {
	table, err := route.Compile([]route.Rule{
		{Name: "all", Path: "/**"},
		{Name: "shop", Host: "shop.example", Path: "/api/*/x", Methods: []string{"POST", "PUT"}},
		{Name: "deep", Path: "/api/**/end"},
		{Name: "home", Path: "/"},
		{Name: "hidden", Path: "/api/*"},
		{Name: "one", Path: "/api/one"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]string{
		"":                 "all deep hidden home one shop",
		"/api":             "all deep hidden one shop",
		"/api/one":         "all deep one shop",
		"/api/two":         "all deep hidden shop",
		"/other":           "all",
		"shop.example":     "all deep hidden home one shop",
		"shop.example/api": "all deep hidden one shop",
		"blog.example/api": "all deep hidden one",
		"/api/one/two":     "all deep",
	} {
		host, path, below := strings.Cut(place, "/")
		if below {
			path = "/" + path
		}
		var got []string
		for q := range table.Requests(host, path) {
			if !slices.Contains(got, q.Rule.Name) {
				got = append(got, q.Rule.Name)
			}
			if rule, ok := table.Match(q.Host, q.Method, q.Path); !ok || rule != q.Rule {
				t.Errorf("%q: %v is governed by %v", place, q, rule)
			}
			if host != "" && q.Host != host || !strings.HasPrefix(q.Path+"/", path+"/") {
				t.Errorf("%q: %v is elsewhere", place, q)
			}
		}
		if slices.Sort(got); strings.Join(got, " ") != want {
			t.Errorf("%q: %v; want %s", place, got, want)
		}
	}
}
