package route

import (
	"strings"
	"testing"
)

// TestMatch_trailingSlash matches each path with and without a trailing slash. A rule with
// "same" covers both, and never loses to a less specific one.
func TestMatch_trailingSlash(t *testing.T) {
	same := mustCompile(t, each(SlashSame,
		Rule{Name: "rest", Path: "/**", Access: Public},
		Rule{Name: "admin", Path: "/admin"},
		Rule{Name: "docs", Path: "/docs/"},
		Rule{Name: "one", Path: "/one/*"},
		Rule{Name: "deep", Path: "/**/raw"},
		Rule{Name: "tree", Path: "/tree/**"},
		Rule{Name: "write", Path: "/posts", Methods: []string{"POST"}},
		Rule{Name: "host", Host: "h.test", Path: "/h"},
		Rule{Name: "root", Path: "/"})...)
	for _, c := range []struct{ host, method, path, want string }{
		{"", "GET", "/admin", "admin"},
		{"", "GET", "/admin/", "admin"},
		{"", "GET", "/admin/x", "rest"},
		{"", "GET", "/Admin/", "rest"},
		{"", "GET", "/docs", "docs"},
		{"", "GET", "/docs/", "docs"},
		{"", "GET", "/one", "rest"},
		{"", "GET", "/one/", "rest"},
		{"", "GET", "/one/x", "one"},
		{"", "GET", "/one/x/", "one"},
		{"", "GET", "/one/x/y/", "rest"},
		{"", "GET", "/a/b/raw/", "deep"},
		{"", "GET", "/raw/", "deep"},
		{"", "GET", "/tree", "tree"},
		{"", "GET", "/tree/", "tree"},
		{"", "POST", "/posts/", "write"},
		{"", "PUT", "/posts/", "rest"},
		{"h.test", "GET", "/h/", "host"},
		{"", "GET", "/h/", "rest"},
		{"", "GET", "/", "root"},
	} {
		if rule, ok := same.Match(c.host, c.method, c.path); !ok || rule.Name != c.want {
			t.Errorf("Match(%q, %s, %s) = %v, want rule %s", c.host, c.method, c.path, rule, c.want)
		}
	}
}

func each(slash string, rules ...Rule) []Rule {
	for i := range rules {
		rules[i].TrailingSlash = slash
	}
	return rules
}

func TestCompile_trailingSlash(t *testing.T) {
	for _, c := range []struct {
		rules []Rule
		says  string
	}{
		{each(SlashSame, Rule{Name: "one", Path: "/a"}, Rule{Name: "two", Path: "/a/"}), `rules "one" and "two" both cover any method of /a`},
		{each(SlashSame, Rule{Name: "one", Path: "/a/*"}, Rule{Name: "two", Path: "/a/*/"}), `both cover`},
		{[]Rule{{Name: "one", Path: "/a", TrailingSlash: SlashSame}, {Name: "two", Path: "/a/"}}, `both cover any method of /a/`},
		{each(SlashSame, Rule{Name: "one", Path: "/a", Methods: []string{"GET"}}, Rule{Name: "two", Path: "/a/", Methods: []string{"PUT"}}), ""},
		{each(SlashDistinct, Rule{Name: "one", Path: "/a"}, Rule{Name: "two", Path: "/a/"}), ""},
		{each("both", Rule{Name: "one", Path: "/a"}), `trailing_slash is "both", must be distinct or same`},
	} {
		_, err := Compile(c.rules)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("Compile(%v) says %v, want %q", c.rules, err, c.says)
		}
	}
}

func TestOtherSlash(t *testing.T) {
	table := mustCompile(t, Rule{Name: "rest", Path: "/**"}, Rule{Name: "leaf", Path: "/a"}, Rule{Name: "dir", Path: "/d/"},
		Rule{Name: "one", Path: "/o/*"}, Rule{Name: "tree", Path: "/t/**"}, Rule{Name: "root", Path: "/"})
	for path, want := range map[string]string{
		"/a/": "leaf", "/a": "", "/d": "dir", "/d/": "", "/o/x/": "one", "/o/x": "", "/o/": "", "/t": "", "/t/": "", "/x": "", "/x/": "", "/": "",
	} {
		got := ""
		if rule, ok := table.OtherSlash("", "GET", path); ok && rule.Name != match(table, path) {
			got = rule.Name
		}
		if got != want {
			t.Errorf("OtherSlash(%s) = %q, want %q", path, got, want)
		}
	}
}

// TestOtherSlash_none: there are no rules that end in a slash, none for the path, or no
// table.
func TestOtherSlash_none(t *testing.T) {
	leaf, dir := mustCompile(t, Rule{Name: "leaf", Path: "/a"}, Rule{Name: "rest", Path: "/**"}), mustCompile(t, Rule{Name: "dir", Path: "/d/"}, Rule{Name: "root", Path: "/"})
	for _, tc := range []struct {
		table      *Table
		path, want string
	}{
		{leaf, "/a/", "leaf"}, {leaf, "/a", ""}, {leaf, "/b", ""}, {leaf, "/b/", ""}, {leaf, "/", ""},
		{dir, "/d", "dir"}, {dir, "/d/", ""}, {dir, "/x", ""}, {dir, "/x/", ""}, {dir, "/", ""}, {dir, "", ""},
		{nil, "/a", ""}, {nil, "/a/", ""},
	} {
		got := ""
		if rule, ok := tc.table.OtherSlash("", "GET", tc.path); ok {
			got = rule.Name
		}
		if own, ok := tc.table.Match("", "GET", tc.path); got != tc.want && !(ok && own.Name == got) {
			t.Errorf("%q: got %q, want %q", tc.path, got, tc.want)
		}
	}
}

func match(table *Table, path string) string {
	rule, _ := table.Match("", "GET", path)
	return rule.Name
}

func TestRule_stricterThan(t *testing.T) {
	public, optional, anybody := &Rule{Access: Public}, &Rule{Access: Optional}, &Rule{}
	admin, both, scoped := &Rule{Roles: []string{"a"}}, &Rule{Roles: []string{"a", "b"}}, &Rule{Scopes: []string{"s"}}
	shop, looks := &Rule{Directory: "shop"}, &Rule{Directory: "shop", Access: Optional}
	token, other := &Rule{Header: HeaderSpec{Name: "X-Token", RefuseStandard: true}}, &Rule{Header: HeaderSpec{Name: "X-Other"}}
	lends, open := &Rule{AcceptsFrom: []string{"blog"}}, &Rule{AcceptsFrom: []string{"blog", "bank"}}
	for _, c := range []struct {
		r, o *Rule
		want bool
	}{
		{shop, anybody, true}, {anybody, shop, false}, {shop, shop, false}, {shop, &Rule{Directory: "blog"}, true},
		{looks, optional, true}, {looks, anybody, true}, {looks, public, false}, {optional, looks, false},
		{token, anybody, true}, {token, other, true}, {token, token, false}, {other, token, false}, {other, anybody, false}, {token, public, true},
		{anybody, lends, true}, {lends, anybody, false}, {lends, open, true}, {open, lends, false},
		{anybody, public, true}, {anybody, optional, true}, {optional, public, false}, {public, anybody, false},
		{anybody, anybody, false}, {admin, anybody, true}, {anybody, admin, false}, {admin, both, true}, {both, admin, false},
		{scoped, anybody, true}, {admin, scoped, true}, {scoped, admin, true}, {nil, public, true}, {nil, nil, false}, {public, nil, false}, {anybody, nil, false}, {optional, nil, false},
	} {
		if got := c.r.StricterThan(c.o); got != c.want {
			t.Errorf("%+v stricter than %+v: %v, want %v", c.r, c.o, got, c.want)
		}
	}
}

// TestTrimmed tests each spelling that some server treats as another path.
func TestTrimmed(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "/a": "/a", "/a/": "/a/", "/a.b/c": "/a.b/c", "/.a": "/.a", "/a b": "/a b", "/a:b": "/a:b", "/a. b": "/a. b", "/$a": "/$a",
		"/a.": "/a", "/a ": "/a", "/a. .": "/a", "/ a": "/a", "/a./": "/a/", "/a./b": "/a/b", "/a/b.": "/a/b", "/.../b": "/b", "/a/...": "/a/",
		"/a::$DATA": "/a", "/a:$i30:$INDEX_ALLOCATION/b": "/a/b", "/a.::$DATA": "/a", "/a./b:": "/a/b:",
		"/a\u00a0": "/a", "/\u00a0a/b": "/a/b", "/a\u200b/b": "/a/b", "/a.\u3000": "/a", "/a\ufeff.": "/a", "/a\u00a0b": "/a\u00a0b", "/\u00e9": "/\u00e9",
		"/a?": "/a", "/a?b/c": "/a", "/a/?b": "/a/", "/a.?b": "/a", "/?": "/", "/a?b?c": "/a",
	} {
		if got := Trimmed(path); got != want {
			t.Errorf("Trimmed(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestOtherSlash_ofPath(t *testing.T) {
	for path, want := range map[string]string{"/": "", "/a": "/a/", "/a/": "/a", "/a/b/": "/a/b"} {
		if got := OtherSlash(path); got != want {
			t.Errorf("OtherSlash(%q) = %q, want %q", path, got, want)
		}
	}
}
