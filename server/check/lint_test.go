package check

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// TestLint has one line for each way in which other settings make a rule mean something
// else than it seems to. Interactions between rules are tested with route.Lint.
func TestLint(t *testing.T) {
	rest := config.Rule{Name: "rest", Path: "/**", Access: "required"}
	rule := func(path string) []config.Rule {
		return []config.Rule{{Name: "r", Path: path, Access: "required"}, rest}
	}
	native := []config.Mount{{Name: "auth", Config: dialects.Types()["native"]}}
	wpjwt := []config.Mount{{Name: "wp", Config: dialects.Types()["wpjwt"]}}
	moved := []config.Mount{{Name: "auth", Config: dialects.Types()["native"], Prefix: "/login"}}
	cocart := []config.Mount{{Name: "wp", Config: dialects.Types()["cocart"]}}
	for _, c := range []struct {
		name string
		cfg  config.Config
		says []string // of one warning; nil: none
	}{
		{"a path of a mount", config.Config{Rules: rule("/auth/login"), Mounts: native}, []string{`rule "r" never decides`, "POST /auth/login", `mount "auth"`, "prefix"}},
		{"all below a mount", config.Config{Rules: rule("/auth/**"), Mounts: native}, []string{`rule "r"`, `mount "auth"`}},
		{"a mount that was moved", config.Config{Rules: rule("/auth/**"), Mounts: moved}, nil},
		{"a plugin's namespace", config.Config{Rules: rule("/wp-json/jwt-auth/**"), Mounts: wpjwt}, []string{`rule "r"`, "/wp-json/jwt-auth/v1 is answered"}},
		{"a namespace that others share", config.Config{Rules: rule("/wp-json/cocart/**"), Mounts: cocart}, nil},
		{"the mount's part of it", config.Config{Rules: rule("/wp-json/cocart/jwt/**"), Mounts: cocart}, []string{"is answered"}},
		{"the API around it", config.Config{Rules: rule("/wp-json/**"), Mounts: wpjwt}, nil},
		{"no path of a mount", config.Config{Rules: rule("/a"), Mounts: native}, nil},
		{"a slash, of all rules", config.Config{TrailingSlash: "same", Rules: []config.Rule{
			{Name: "r", Path: "/a", Access: "required", Roles: []string{"x"}}, {Name: "below", Path: "/a/*", Access: "required", Roles: []string{"x"}}, rest,
		}}, []string{`rule "below"`}},
		{"a slash, of one rule", config.Config{TrailingSlash: "same", Rules: []config.Rule{
			{Name: "r", Path: "/a", Access: "required", Roles: []string{"x"}, TrailingSlash: "distinct"}, {Name: "below", Path: "/a/**", Access: "required"},
		}}, []string{`rule "r"`, "GET /a/ is"}},
		{"an exclusion for reading", config.Config{
			Upstreams: map[string]config.Upstream{"wp": {URL: "http://127.0.0.1:1", Kind: "wordpress", Exclude: []string{"GET /wp/v2/posts/**"}}},
			Rules:     []config.Rule{rest},
		}, nil},
		{"an exclusion for writing", config.Config{
			Upstreams: map[string]config.Upstream{"wp": {URL: "http://127.0.0.1:1", Kind: "wordpress", Exclude: []string{"/wp/v2/posts/**"}}},
			Rules:     []config.Rule{rest},
		}, []string{`rule "exclude /wp/v2/posts/** of wp"`, "POST /wp-json/wp/v2/posts/x", "GET"}},
		{"an exclusion across a rule", config.Config{
			Upstreams: map[string]config.Upstream{"wp": {URL: "http://127.0.0.1:1", Kind: "wordpress", Exclude: []string{"GET /wp/v2/posts/**"}}},
			Rules:     []config.Rule{{Name: "r", Path: "/wp-json/*/*/*/secret", Access: "required"}, rest},
		}, []string{`rule "r" covers more than it decides`, "GET /wp-json/wp/v2/posts/secret"}},
	} {
		got := Lint(&c.cfg)
		if c.says == nil {
			if len(got) > 0 {
				t.Errorf("%s: %q, want no warning", c.name, got)
			}
			continue
		}
		if len(got) != 1 {
			t.Errorf("%s: %q, want one warning", c.name, got)
			continue
		}
		for _, text := range c.says {
			if !strings.Contains(got[0], text) {
				t.Errorf("%s: %q does not say %q", c.name, got[0], text)
			}
		}
	}
}

// TestLint_dialects gets the endpoints of every dialect without an engine.
func TestLint_dialects(t *testing.T) {
	for _, c := range dialect.Clients(dialects.Types()) {
		got := Lint(&config.Config{Mounts: []config.Mount{{Name: "m", Config: dialects.Types()[c.Dialect]}}, Server: config.Server{PublicURL: "https://a.test"}, Rules: []config.Rule{{Name: "all", Path: "/**"}}})
		if text := strings.Join(got, " "); strings.Contains(text, "never decides") {
			t.Errorf("%s: got the warnings %s, want none of a rule that never decides", c.Dialect, text)
		}
	}
}
