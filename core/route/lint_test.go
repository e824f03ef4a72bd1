package route

import (
	"fmt"
	"strings"
	"testing"
)

// TestLint_slips tests each way in which a request can bypass a rule that seems to cover
// it. Other paths are public unless a line says otherwise.
func TestLint_slips(t *testing.T) {
	open := Rule{Name: "rest", Path: "/**", Access: Public}
	admin := Rule{Name: "r", Path: "/admin/**"}
	for _, c := range []struct {
		name  string
		rules []Rule
		rule  string   // the rule that the warning is about; "": only warnings about rest
		says  []string // request, decider, cure
	}{
		{"slash", []Rule{{Name: "r", Path: "/admin"}, open}, "r", []string{"GET /admin/ is decided by rule \"rest\" (public)", "GET /admin/x is", "Write /admin/** ", "trailing_slash: same"}},
		{"slash, the other way", []Rule{{Name: "r", Path: "/docs/"}, open}, "r", []string{"GET /docs is", "GET /docs/x is", "/docs/**"}},
		{"slash, rest optional", []Rule{{Name: "r", Path: "/admin"}, {Name: "rest", Path: "/**", Access: Optional}}, "r", []string{"GET /admin/ is decided by rule \"rest\" (optional)"}},
		{"slash, rest for any user", []Rule{{Name: "r", Path: "/admin", Roles: []string{"a"}}, {Name: "rest", Path: "/**"}}, "r", []string{"GET /admin/ is", "other roles or scopes"}},
		{"slash, rest for any scope", []Rule{{Name: "r", Path: "/admin", Scopes: []string{"a"}}, {Name: "rest", Path: "/**"}}, "r", []string{"GET /admin/ is"}},
		{"slash, below is public", []Rule{{Name: "r", Path: "/a"}, {Name: "below", Path: "/a/**", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET /a/ is decided by rule \"below\"", "trailing_slash: same"}},
		{"slash in the middle of rules", []Rule{{Name: "r", Path: "/a/b", Host: "h.test"}, {Name: "rest", Host: "h.test", Path: "/a/**", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET http://h.test/a/b/ is"}},
		{"slash is the same", []Rule{{Name: "r", Path: "/admin", TrailingSlash: SlashSame}, open}, "r", []string{"GET /admin/x is"}},
		{"slash is meant", []Rule{{Name: "r", Path: "/a"}, {Name: "slash", Path: "/a/", Access: Public, Methods: []string{"GET"}}, {Name: "all", Path: "/**"}}, "", nil},
		{"wildcard", []Rule{{Name: "r", Path: "/one/*"}, open}, "r", []string{"GET /one/x/ is", "GET /one is", "GET /one/ is", "GET /one/x/x is", "Write /one/** "}},
		{"wildcard at the top", []Rule{{Name: "r", Path: "/*"}, open}, "r", []string{"GET /x/ is", "GET /x/x is"}},
		{"wildcard in between", []Rule{{Name: "r", Path: "/u/*/key"}, open}, "r", []string{"GET /u/x/key/ is", "/u/*/key/**"}},
		{"wildcard for many", []Rule{{Name: "r", Path: "/**/raw"}, open}, "r", []string{"/x/raw/ is", "Make the other rule ask"}},
		{"wildcard, above is meant", []Rule{{Name: "r", Path: "/one/**"}, {Name: "list", Path: "/one", Access: Public, Methods: []string{"GET"}}}, "", nil},
		{"all below", []Rule{admin, {Name: "rest", Path: "/other/**", Access: Public, Methods: []string{"GET"}}}, "", nil},
		{"an exception", []Rule{admin, {Name: "login", Path: "/admin/login", Access: Public, Methods: []string{"GET", "POST"}}}, "", nil},
		{"an exception for some roles", []Rule{{Name: "r", Path: "/admin/**", Roles: []string{"a"}}, {Name: "log", Path: "/admin/log/**", Roles: []string{"a", "b"}}}, "", nil},
		{"nothing else", []Rule{{Name: "r", Path: "/admin"}}, "", nil},

		{"writing", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"POST"}}, open}, "r", []string{"is for POST alone", "PUT /posts/x is", "Leave its methods out"}},
		{"writing, each method", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"POST", "PUT", "PATCH", "DELETE"}}, open}, "r", []string{"post /posts/x is"}},
		{"writing, and reading is public", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"POST"}}, {Name: "read", Path: "/**", Access: Public, Methods: []string{"GET", "HEAD"}}}, "", nil},
		{"writing, and another way is meant", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"DELETE"}}, {Name: "write", Path: "/posts/**", Methods: []string{"GET", "POST"}, Access: Public}}, "", nil},
		{"reading", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"GET"}}, open}, "r", []string{"POST /posts/x is"}},
		{"writing, by the first method", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"GET", "HEAD"}}, {Name: "w", Path: "/posts/**", Methods: []string{"PATCH"}, Access: Public}, {Name: "rest", Path: "/**", Access: Public, Methods: []string{"PATCH"}}}, "", nil},
		{"changing in part", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"POST"}}, {Name: "rest", Path: "/**", Access: Public, Methods: []string{"PATCH"}}}, "r", []string{"PATCH /posts/x is"}},
		{"removing", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"POST"}}, {Name: "rest", Path: "/**", Access: Public, Methods: []string{"DELETE"}}}, "r", []string{"DELETE /posts/x is"}},
		{"putting", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"POST"}}, {Name: "rest", Path: "/**", Access: Public, Methods: []string{"PUT"}}}, "r", []string{"PUT /posts/x is"}},
		{"posting", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"PUT"}}, {Name: "rest", Path: "/**", Access: Public, Methods: []string{"POST"}}}, "r", []string{"POST /posts/x is"}},
		{"reading beside OPTIONS", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"OPTIONS"}}, {Name: "rest", Path: "/**", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET /posts/x is"}},
		{"a list elsewhere that is meant for more", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"POST"}}, {Name: "w", Path: "/**", Methods: []string{"PUT"}, Access: Public}}, "r", []string{"PUT /posts/x is"}},
		{"any method beside a list", []Rule{{Name: "r", Path: "/posts/**", Methods: []string{"POST"}}, {Name: "any", Path: "/posts/**", Access: Public}}, "r", []string{"PUT /posts/x is"}},
		{"HEAD", []Rule{{Name: "r", Path: "/a/**", Methods: []string{"GET"}}, {Name: "head", Path: "/a/**", Methods: []string{"HEAD"}, Access: Public}}, "r", []string{"HEAD /a/x is decided by rule \"head\""}},
		{"HEAD alone", []Rule{{Name: "r", Path: "/a/**", Methods: []string{"HEAD"}}, open}, "r", []string{"GET /a/x is"}},

		{"a host's rules come first", []Rule{admin, {Name: "blog", Host: "blog.test", Path: "/**", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET http://blog.test/admin", "rule \"blog\"", "for host blog.test too"}},
		{"a host's rules come first, with an exception", []Rule{admin, {Name: "login", Host: "blog.test", Path: "/admin/login", Access: Public, Methods: []string{"GET"}}}, "", nil},
		{"a host alone", []Rule{{Name: "r", Host: "shop.test", Path: "/admin/**"}, open}, "r", []string{"is for host shop.test alone", "GET http://other.example/admin/x is", "Leave its host out"}},
		{"a host alone, of another application", []Rule{{Name: "r", Host: "shop.test", Path: "/admin/**", Upstream: "shop"}, {Name: "rest", Path: "/blog/**", Access: Public, Methods: []string{"GET"}, Upstream: "blog"}}, "", nil},

		{"overlap", []Rule{{Name: "r", Path: "/*/edit/**"}, {Name: "pages", Path: "/pages/**", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET /pages/edit", "decided by rule \"pages\"", "Write a rule for this path"}},
		{"overlap of depths", []Rule{{Name: "r", Path: "/**/private/**"}, {Name: "pages", Path: "/pages/**", Access: Public, Methods: []string{"GET"}}}, "", nil}, // refused: two **
		{"overlap at an end", []Rule{{Name: "r", Path: "/**/edit", TrailingSlash: SlashSame}, {Name: "pages", Path: "/pages/*", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET /pages/edit"}},
		{"overlap of methods", []Rule{{Name: "r", Path: "/*/edit/**", Methods: []string{"PUT"}}, {Name: "pages", Path: "/pages/**", Access: Public, Methods: []string{"GET", "PUT"}}}, "r", []string{"PUT /pages/edit"}},
		{"no overlap of methods", []Rule{{Name: "r", Path: "/*/edit/**", Methods: []string{"PUT", "POST", "PATCH", "DELETE"}}, {Name: "pages", Path: "/pages/**", Access: Public, Methods: []string{"GET"}}}, "", nil},

		{"overlap with one of as much", []Rule{{Name: "r", Path: "/*/edit/**"}, {Name: "pages", Path: "/pages/**"}}, "", nil},
		{"overlap of hosts", []Rule{{Name: "r", Path: "/*/edit/**", Host: "h.test"}, {Name: "pages", Path: "/pages/**", Access: Public, Methods: []string{"GET"}, Host: "h.test"}}, "r", []string{"GET http://h.test/pages/edit", "Write a rule for this path"}},
		{"overlap at the top", []Rule{{Name: "r", Path: "/edit/*"}, {Name: "all", Path: "/**/list", Access: Public, Methods: []string{"GET"}}}, "", nil}, // r decides

		{"a segment above is meant", []Rule{{Name: "r", Path: "/one/*"}, {Name: "above", Path: "/one", Access: Public, Methods: []string{"GET"}}, {Name: "slash", Path: "/one/", Access: Public, Methods: []string{"GET"}}}, "", nil},
		{"a segment above is another's", []Rule{{Name: "r", Path: "/one/*"}, {Name: "above", Path: "/*", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET /one is decided by rule \"above\"", "/one/**"}},
		{"slash of a method", []Rule{{Name: "r", Path: "/admin", Methods: []string{"POST"}}, {Name: "rest", Path: "/**", Access: Public, Methods: []string{"POST"}}}, "r", []string{"POST /admin/ is"}},
		{"a deeper exception", []Rule{admin, {Name: "deep", Path: "/admin/*/*", Access: Public, Methods: []string{"GET"}}}, "", nil},
		{"a host alone, of another upstream", []Rule{{Name: "r", Host: "shop.test", Path: "/admin/**", Upstream: "shop"}, {Name: "rest", Path: "/**", Access: Public, Methods: []string{"GET"}, Upstream: "blog"}}, "", nil},
		{"a method that is never served, not the first", []Rule{{Name: "r", Path: "/p/**", Methods: []string{"GET", "TRACE"}}}, "r", []string{"TRACE /p/x is answered 405"}},
		{"what is below is meant", []Rule{{Name: "r", Path: "/one"}, {Name: "below", Path: "/one/*", Access: Public, Methods: []string{"GET"}}}, "", nil},
		{"what is below a slash is meant", []Rule{{Name: "r", Path: "/one/"}, {Name: "below", Path: "/one/*", Access: Public, Methods: []string{"GET"}}}, "", nil},
		{"what is below is another's", []Rule{{Name: "r", Path: "/one"}, {Name: "below", Path: "/*/*", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET /one/x is decided by rule \"below\""}},
		{"what is below a slash is another's", []Rule{{Name: "r", Path: "/one/"}, {Name: "below", Path: "/*/*", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET /one/x is decided by rule \"below\""}},
		{"the slash is the same, and the rest is not", []Rule{{Name: "r", Path: "/one", TrailingSlash: SlashSame}, {Name: "below", Path: "/*/*", Access: Public, Methods: []string{"GET"}}}, "r", []string{"GET /one/x is"}},
		{"the top alone", []Rule{{Name: "r", Path: "/"}, {Name: "rest", Path: "/*", Access: Public, Methods: []string{"GET"}}}, "", nil},

		{"a host alone, that of examples", []Rule{{Name: "r", Host: "other.example", Path: "/admin/**"}, open}, "r", []string{"is for host other.example alone", "GET http://another.example/admin/x is"}},
		{"a word that a rule has", []Rule{{Name: "r", Path: "/a/**"}, {Name: "x", Path: "/a/x", Access: Public, Methods: []string{"GET"}}, {Name: "xx", Path: "/xx"}}, "", nil},
		{"a method that is never served, public", []Rule{{Name: "r", Path: "/p/**", Methods: []string{"CONNECT"}, Access: Public}}, "r", []string{"CONNECT /p/x is answered 405"}},
		{"never, public", []Rule{{Name: "r", Path: "/**/", Access: Public, Methods: []string{"GET"}}, {Name: "one", Path: "/**/", Host: ""}}, "", nil},
		{"never, of a method", []Rule{{Name: "r", Path: "/a/**", Methods: []string{"GET"}, Access: Public}, {Name: "one", Path: "/a", Methods: []string{"GET"}}, {Name: "two", Path: "/a/", Methods: []string{"GET"}}, {Name: "three", Path: "/a/*/**", Methods: []string{"GET"}}}, "r", []string{"never decides", "rule \"three\""}},
		{"a method is left", []Rule{{Name: "r", Path: "/a/**"}, {Name: "one", Path: "/a/**", Methods: []string{"GET", "POST"}}}, "", nil},
		{"a host is left", []Rule{{Name: "r", Path: "/a"}, {Name: "one", Path: "/a", Host: "h.test"}}, "", nil},
		{"a depth is left", []Rule{{Name: "r", Path: "/a/**"}, {Name: "one", Path: "/a"}, {Name: "two", Path: "/a/"}, {Name: "three", Path: "/a/*"}, {Name: "four", Path: "/a/*/"}, {Name: "five", Path: "/a/*/*"}}, "", nil},

		{"case beside two", []Rule{{Name: "a", Path: "/p/a"}, {Name: "b", Path: "/p/b"}, {Name: "files", Path: "/p/*", Access: Public, Methods: []string{"GET"}}}, "files", []string{"beside rule \"a\"", "GET /p/A is"}},
		{"case of an exception", []Rule{{Name: "r", Path: "/**"}, {Name: "login", Path: "/ADMIN", Access: Public, Methods: []string{"GET"}}, {Name: "admin", Path: "/admin"}}, "login", []string{"beside rule \"admin\""}},
		{"case within a rule that contains it", []Rule{{Name: "r", Path: "/*/b"}, {Name: "x", Path: "/a/B", Access: Public, Methods: []string{"GET"}}}, "", nil},
		{"all but the root", []Rule{{Name: "r", Path: "/", Access: Public, Methods: []string{"GET"}}}, "", nil},
		{"case", []Rule{admin, {Name: "rest", Path: "/**", Access: Public, Methods: []string{"GET"}}}, "rest", []string{"such as GET /x", "GET /ADMIN/x beside rule \"r\""}},
		{"case below", []Rule{{Name: "r", Path: "/files/private/**"}, {Name: "files", Path: "/files/**", Access: Public, Methods: []string{"GET"}}}, "files", []string{"GET /files/PRIVATE/x is", "beside rule \"r\""}},
		{"case of capitals", []Rule{{Name: "r", Path: "/files/PRIVATE/**"}, {Name: "files", Path: "/files/**", Access: Public, Methods: []string{"GET"}}}, "files", []string{"GET /files/private/x"}},
		{"everything", []Rule{open}, "rest", []string{"makes everything public", "GET /x", "Name a path"}},
		{"writing is public", []Rule{{Name: "r", Path: "/p/**", Access: Public}}, "r", []string{"POST /p/x", "such as GET"}},
		{"a method that is never served", []Rule{{Name: "r", Path: "/p/**", Methods: []string{"TRACE"}}}, "r", []string{"TRACE /p/x is answered 405", "Remove it"}},
		{"never", []Rule{{Name: "r", Path: "/**"}, {Name: "one", Path: "/**/*"}, {Name: "two", Path: "/**/"}}, "r", []string{"never decides", "rule \"two\"", "Remove it"}},
		{"almost never", []Rule{{Name: "r", Path: "/**"}, {Name: "one", Path: "/**/*"}}, "", nil},
	} {
		var got []string
		for _, w := range Lint(c.rules) {
			about := strings.HasPrefix(w, fmt.Sprintf("rule %q ", c.rule))
			if about || c.rule == "" && !strings.Contains(w, "makes everything public") {
				got = append(got, w)
			}
		}
		if c.rule == "" {
			if len(got) > 0 {
				t.Errorf("%s: %q, want no warning", c.name, got)
			}
			continue
		}
		if len(got) != 1 {
			t.Errorf("%s: %q, want one warning about rule %s", c.name, got, c.rule)
			continue
		}
		for _, text := range c.says {
			if !strings.Contains(got[0], text) {
				t.Errorf("%s: %q does not say %q", c.name, got[0], text)
			}
		}
	}
}

// TestLint_silent: no warning is given where it would not help.
func TestLint_silent(t *testing.T) {
	open := Rule{Name: "rest", Path: "/**", Access: Public}
	for _, c := range []struct {
		name  string
		rules []Rule
		never string
	}{
		{"nothing is above the top", []Rule{{Name: "r", Path: "/*"}, open}, "GET / is"},
		{"no slash slips", []Rule{{Name: "r", Path: "/one"}, {Name: "below", Path: "/*/*", Access: Public, Methods: []string{"GET"}}}, "trailing_slash"},
		{"a wildcard wants more than the slash", []Rule{{Name: "r", Path: "/one/*"}, open}, "trailing_slash"},
		{"the root is not everything", []Rule{{Name: "r", Path: "/", Access: Public}}, "everything"},
	} {
		for _, w := range Lint(c.rules) {
			if strings.HasPrefix(w, `rule "r"`) && strings.Contains(w, c.never) {
				t.Errorf("%s: got the warning %s, want none of rule r", c.name, w)
			}
		}
	}
}

// TestLint_requests matches every request named in a warning: the rule that the warning
// names must decide it.
func TestLint_requests(t *testing.T) {
	rules := []Rule{
		{Name: "rest", Path: "/**", Access: Public}, {Name: "a", Path: "/a b"}, {Name: "o", Path: "/o/*"}, {Name: "w", Path: "/w", Methods: []string{"POST"}},
		{Name: "e", Path: "/*/e"}, {Name: "p", Path: "/p/**", Access: Public, Methods: []string{"GET"}}, {Name: "h", Host: "h.test", Path: "/h/**"},
		{Name: "n", Host: "n.test", Path: "/**", Access: Public, Methods: []string{"GET"}}, {Name: "x", Path: "/x"},
	}
	table, found := mustCompile(t, rules...), 0
	for _, w := range Lint(rules) {
		for part := range strings.SplitSeq(w, " is decided by rule ") {
			_, decider, ok := strings.Cut(w, part+" is decided by rule \"")
			if !ok {
				continue
			}
			words := strings.Fields(part)
			method, target := words[len(words)-2], words[len(words)-1]
			host, path := "", target
			if rest, ok := strings.CutPrefix(target, "http://"); ok {
				i := strings.Index(rest, "/")
				host, path = rest[:i], rest[i:]
			}
			path, _, err := Canonical(path)
			rule, _ := table.Match(host, method, path)
			if name, _, _ := strings.Cut(decider, `"`); err != nil || rule == nil || rule.Name != name {
				t.Errorf("%q: %s %s is decided by %v (%v)", w, method, target, rule, err)
			}
			found++
		}
	}
	if found < 12 {
		t.Errorf("only %d requests: the test is broken", found)
	}
}

func TestLint_badRules(t *testing.T) {
	if got := Lint([]Rule{{Name: "r", Path: "x"}}); got != nil {
		t.Errorf("got %q, want nothing: Compile reports it", got)
	}
}

func BenchmarkLint(b *testing.B) {
	rules := manyRules(1000)
	for i := range rules {
		if i%2 == 0 {
			rules[i].Access, rules[i].Roles, rules[i].Scopes = Public, nil, nil
		}
	}
	for b.Loop() {
		Lint(rules)
	}
}
