package route

import (
	"fmt"
	"strings"
	"testing"
)

func mustCompile(t testing.TB, rules ...Rule) *Table {
	t.Helper()
	table, err := Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestMatch(t *testing.T) {
	table := mustCompile(t,
		Rule{Name: "rest", Path: "/**"},
		Rule{Name: "root", Path: "/"},
		Rule{Name: "read", Path: "/public/*", Methods: []string{"GET"}, Access: Public},
		Rule{Name: "tree", Path: "/files/**"},
		Rule{Name: "exact", Path: "/files"},
		Rule{Name: "slash", Path: "/exact/"},
		Rule{Name: "raw", Path: "/files/**/raw"},
		Rule{Name: "star", Path: "/*/b"},
		Rule{Name: "literal", Path: "/a/*"},
		Rule{Name: "write", Path: "/m", Methods: []string{"POST"}},
		Rule{Name: "any", Path: "/m"},
		Rule{Name: "head", Path: "/h", Methods: []string{"HEAD"}},
		Rule{Name: "get", Path: "/h", Methods: []string{"GET"}},
		Rule{Name: "host", Host: "X.test:80", Path: "/files/**"},
	)
	for _, tc := range []struct{ host, method, path, want string }{
		{"", "GET", "/", "root"},
		{"", "GET", "/public/x", "read"},
		{"", "HEAD", "/public/x", "read"},
		{"", "POST", "/public/x", "rest"},
		{"", "get", "/public/x", "rest"},
		{"", "GET", "/public", "rest"},
		{"", "GET", "/public/", "rest"},
		{"", "GET", "/public/x/y", "rest"},
		{"", "GET", "/publicx", "rest"},
		{"", "GET", "/Public/x", "rest"},
		{"", "GET", "/files", "exact"},
		{"", "GET", "/files/", "tree"},
		{"", "GET", "/files/a/b", "tree"},
		{"", "GET", "/files/raw", "raw"},
		{"", "GET", "/files/a/b/raw", "raw"},
		{"", "GET", "/files/a/raw/b", "tree"},
		{"", "GET", "/exact", "rest"},
		{"", "GET", "/exact/", "slash"},
		{"", "GET", "/a/b", "literal"},
		{"", "GET", "/c/b", "star"},
		{"", "POST", "/m", "write"},
		{"", "GET", "/m", "any"},
		{"", "HEAD", "/h", "head"},
		{"", "GET", "/h", "get"},
		{"x.test", "GET", "/files/a", "host"},
		{"x.test", "GET", "/files/a/raw", "host"},
		{"x.test", "GET", "/public/x", "read"},
		{"y.test", "GET", "/files/a", "tree"},
	} {
		rule, ok := table.Match(tc.host, tc.method, tc.path)
		if !ok || rule.Name != tc.want {
			t.Errorf("Match(%q, %s, %s) = %v, want rule %s", tc.host, tc.method, tc.path, rule, tc.want)
		}
	}
}

func TestMatch_noRuleIsNoMatch(t *testing.T) {
	table := mustCompile(t, Rule{Name: "r", Path: "/a", Methods: []string{"GET"}})
	for _, tc := range [][2]string{{"GET", "/b"}, {"POST", "/a"}, {"GET", ""}, {"GET", "a"}, {"", "/a"}} {
		if rule, ok := table.Match("", tc[0], tc[1]); ok {
			t.Errorf("Match(%q, %q) = %v, want none", tc[0], tc[1], rule)
		}
	}
	var none *Table
	if _, ok := none.Match("", "GET", "/a"); ok {
		t.Error("a nil table matches, want none")
	}
}

func TestMethodsFor(t *testing.T) {
	table := mustCompile(t,
		Rule{Name: "read", Path: "/a", Methods: []string{"GET"}},
		Rule{Name: "write", Path: "/a", Methods: []string{"PUT", "DELETE"}})
	if got, want := fmt.Sprint(table.MethodsFor("", "/a")), "[DELETE GET HEAD PUT]"; got != want {
		t.Errorf("MethodsFor(/a) = %s, want %s", got, want)
	}
	any := mustCompile(t, Rule{Name: "any", Path: "/a"}, Rule{Name: "write", Path: "/b", Methods: []string{"PUT"}})
	if got, want := fmt.Sprint(any.MethodsFor("", "/a")), "[PUT]"; got != want {
		t.Errorf("MethodsFor(/a) of any method = %s, want %s", got, want)
	}
	if got := table.MethodsFor("", "/b"); got != nil {
		t.Errorf("MethodsFor(/b) = %v, want none", got)
	}
}

func TestCompile_defaults(t *testing.T) {
	rules := []Rule{{Name: "r", Path: "/a", Host: "H.test.", Header: HeaderSpec{Name: "x-token"}}}
	rule, _ := mustCompile(t, rules...).Match("h.test", "GET", "/a")
	if rule == nil || rule.Access != Required || rule.OnBadToken != Deny || rule.Header.Name != "X-Token" {
		t.Errorf("compiled rule is %+v, want required, deny, X-Token", rule)
	}
	if rules[0].Access != "" {
		t.Error("Compile changed its argument")
	}
}

func TestCompile_refuses(t *testing.T) {
	for _, tc := range []struct {
		rule Rule
		says string
	}{
		{Rule{Path: "/a"}, "rule number 1: has no name"},
		{Rule{Name: "r"}, `rule "r": path "" can never match`},
		{Rule{Name: "r", Path: "a"}, "start with a slash"},
		{Rule{Name: "r", Path: "/a//b"}, "two slashes"},
		{Rule{Name: "r", Path: "/a/../b"}, "dot segment"},
		{Rule{Name: "r", Path: "/a;b"}, "a semicolon"},
		{Rule{Name: "r", Path: "/a%20b"}, "write the decoded characters"},
		{Rule{Name: "r", Path: "/a?b"}, "rules match the path only"},
		{Rule{Name: "r", Path: "/v*"}, "a wildcard is a whole segment"},
		{Rule{Name: "r", Path: "/***"}, "a wildcard is a whole segment"},
		{Rule{Name: "r", Path: "/**/a/**"}, "more than one **"},
		{Rule{Name: "r", Path: "/a", Host: "*.test"}, "has a wildcard"},
		{Rule{Name: "r", Path: "/a", Host: "a b"}, "host name is not valid"},
		{Rule{Name: "r", Path: "/a", Methods: []string{"get"}}, "must be in upper case"},
		{Rule{Name: "r", Path: "/a", Methods: []string{"GET", "GET"}}, "listed twice"},
		{Rule{Name: "r", Path: "/a", Access: "open"}, "must be public, optional or required"},
		{Rule{Name: "r", Path: "/a", Access: Public, Roles: []string{"x"}}, "must be required"},
		{Rule{Name: "r", Path: "/a", Access: Optional, Scopes: []string{"x"}}, "must be required"},
		{Rule{Name: "r", Path: "/a", OnBadToken: "skip"}, "must be deny or anonymous"},
		{Rule{Name: "r", Path: "/a", OnBadToken: Anonymous}, "must be deny if access is required"},
		{Rule{Name: "r", Path: "/a", Header: HeaderSpec{Name: "X_Auth_Token"}}, "cannot carry a credential"},
		{Rule{Name: "r", Path: "/a", Header: HeaderSpec{Name: "cookie"}}, "cannot carry a credential"},
		{Rule{Name: "r", Path: "/a", Header: HeaderSpec{Name: "a b"}}, "cannot carry a credential"},
		{Rule{Name: "r", Path: "/a", Header: HeaderSpec{RefuseStandard: true}}, "name another header"},
		{Rule{Name: "r", Path: "/a", Header: HeaderSpec{Name: "X-T", Prefix: "a b"}}, "must be one word"},
	} {
		if _, err := Compile([]Rule{tc.rule}); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("Compile(%+v) says %v, want %q", tc.rule, err, tc.says)
		}
	}
}

func TestCompile_tiesNameBothRules(t *testing.T) {
	_, err := Compile([]Rule{
		{Name: "one", Path: "/a", Methods: []string{"GET", "PUT"}},
		{Name: "two", Path: "/a", Methods: []string{"PUT"}},
	})
	if err == nil || !strings.Contains(err.Error(), `rules "one" and "two" both cover PUT of /a`) {
		t.Errorf("Compile says %v, want a tie of one and two", err)
	}
	if _, err := Compile([]Rule{{Name: "one", Path: "/*/b"}, {Name: "two", Path: "/a/*"}}); err != nil {
		t.Errorf("Compile of patterns that overlap but differ: %v", err)
	}
}

func TestCompile_reportsAllFaults(t *testing.T) {
	_, err := Compile([]Rule{{Name: "one", Path: "x"}, {Name: "two", Path: "y"}})
	if err == nil || !strings.Contains(err.Error(), `"one"`) || !strings.Contains(err.Error(), `"two"`) {
		t.Errorf("Compile says %v, want both rules", err)
	}
}

func TestLint(t *testing.T) {
	got := Lint([]Rule{
		{Name: "all", Path: "/**", Access: Public, Methods: []string{"GET"}},
		{Name: "writes", Path: "/p/**", Access: Public},
		{Name: "leaf", Path: "/admin", Roles: []string{"administrator"}},
		{Name: "fine", Path: "/files/**"},
		{Name: "read", Path: "/health", Access: Public, Methods: []string{"GET"}},
	})
	want := []string{`"all"`, `"writes"`, `"leaf"`}
	if len(got) != len(want) {
		t.Fatalf("Lint gives %d warnings %q, want %d", len(got), got, len(want))
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("warning %d is %q, want one about %s", i, got[i], want[i])
		}
	}
}

func ExampleCompile() {
	table, err := Compile([]Rule{
		{Name: "assets", Path: "/public/**", Methods: []string{"GET"}, Access: Public},
		{Name: "admin", Path: "/admin/**", Roles: []string{"administrator"}},
		{Name: "rest", Path: "/**"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	path, _, _ := Canonical("/%61dmin/users?page=2")
	rule, _ := table.Match("", "GET", path)
	fmt.Println(path, rule.Name, rule.Roles)
	// Output: /admin/users admin [administrator]
}
