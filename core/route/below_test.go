package route

import (
	"strings"
	"testing"
	"time"
)

// TestTable_StricterBelow tests each way in which a path below may be stricter than the
// path itself.
func TestTable_StricterBelow(t *testing.T) {
	const host = "dav.example"
	all := Rule{Name: "all", Path: "/**"}
	closed := func(path string) Rule { return Rule{Name: "closed", Path: path, Roles: []string{"administrator"}} }
	with := func(r Rule, change func(*Rule)) Rule { change(&r); return r }
	for name, c := range map[string]struct {
		rules        []Rule
		method, path string
		want         bool
	}{
		"nothing else":             {[]Rule{all}, "", "/docs", false},
		"below":                    {[]Rule{all, closed("/docs/secret/**")}, "", "/docs", true},
		"far below":                {[]Rule{all, closed("/docs/a/b/c/secret")}, "", "/docs", true},
		"with a slash":             {[]Rule{all, closed("/docs/secret/**")}, "", "/docs/", true},
		"below the root":           {[]Rule{all, closed("/docs/secret/**")}, "", "/", true},
		"only with a slash":        {[]Rule{all, closed("/docs/")}, "", "/docs", true},
		"the path itself":          {[]Rule{all, closed("/docs/secret/**")}, "", "/docs/secret/f", true},
		"above":                    {[]Rule{all, closed("/")}, "", "/docs", false},
		"elsewhere":                {[]Rule{all, closed("/docs/secret/**")}, "", "/doc", false},
		"beside":                   {[]Rule{all, closed("/docs/secret/**")}, "", "/docs/open", false},
		"a segment of any name":    {[]Rule{all, closed("/*/secret/**")}, "", "/docs", true},
		"at any depth":             {[]Rule{all, closed("/**/secret")}, "", "/docs/a", true},
		"at any depth, but here":   {[]Rule{all, closed("/docs/**/secret"), {Name: "open", Path: "/docs/secret", Access: Public}}, "", "/docs", true},
		"of any name below":        {[]Rule{all, closed("/docs/*")}, "", "/docs", true},
		"of this host":             {[]Rule{all, with(closed("/docs/x"), func(r *Rule) { r.Host = host })}, "", "/docs", true},
		"of another host":          {[]Rule{all, with(closed("/docs/x"), func(r *Rule) { r.Host = "other.example" })}, "", "/docs", false},
		"this host's rule is open": {[]Rule{with(all, func(r *Rule) { r.Host = host }), closed("/docs/x")}, "", "/docs", false},
		"by this method":           {[]Rule{all, with(closed("/docs/x"), func(r *Rule) { r.Methods = []string{"DELETE"} })}, "DELETE", "/docs", true},
		"by another method":        {[]Rule{all, with(closed("/docs/x"), func(r *Rule) { r.Methods = []string{"DELETE"} })}, "GET", "/docs", false},
		"open below":               {[]Rule{all, {Name: "open", Path: "/docs/x", Access: Public}}, "", "/docs", false},
		"other roles below":        {[]Rule{all, with(closed("/docs/x"), func(r *Rule) { r.Roles = []string{"editor", "administrator"} })}, "", "/docs", true},
		"scopes below":             {[]Rule{all, {Name: "x", Path: "/docs/x", Scopes: []string{"read"}}}, "", "/docs", true},
		"the standard header":      {[]Rule{all, {Name: "x", Path: "/docs/x", Header: HeaderSpec{Name: "X-Token", RefuseStandard: true}}}, "", "/docs", true},
		"no rule below":            {[]Rule{{Name: "one", Path: "/*"}}, "", "/docs", true},
	} {
		table, err := Compile(c.rules)
		if err != nil {
			t.Fatal(err)
		}
		if c.method == "" {
			c.method = "COPY"
		}
		open := &Rule{Access: Required}
		if got := table.StricterBelow(host, c.method, c.path, open); got != c.want {
			t.Errorf("%s: StricterBelow: got %v, want %v", name, got, c.want)
		}
	}
	if !(*Table)(nil).StricterBelow(host, "GET", "/", &Rule{Access: Required}) {
		t.Error("a table without rules closes everything")
	}
}

// TestTable_StricterBelow_long: the time grows with the length of the path and no faster.
func TestTable_StricterBelow_long(t *testing.T) {
	rules := []Rule{{Name: "all", Path: "/**"}, {Name: "v1", Path: "/v1/**"}, {Name: "deep", Path: "/**/x"}, {Name: "star", Path: "/*/*/**"}}
	table, err := Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	best := map[int]time.Duration{30: time.Hour, 300: time.Hour}
	measure := func(segments int) {
		path := "/v1" + strings.Repeat("/b", segments)
		for range 5 {
			begun := time.Now()
			for range 20 {
				table.StricterBelow("h", "COPY", path, &Rule{Access: Required})
			}
			best[segments] = min(best[segments], time.Since(begun))
		}
	}
	for tries := 0; tries < 20; tries++ { // again, if the rest of the machine was in the way
		measure(30)
		if measure(300); best[300] <= 30*best[30] {
			return
		}
	}
	t.Errorf("300 segments take %v, 30 take %v", best[300], best[30])
}
