package filename

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestIndex_Of: at which other paths an application may serve what it serves at a path.
func TestIndex_Of(t *testing.T) {
	scripts := []string{"php", "aspx"}
	for _, tc := range []struct {
		rules, path string // rules: besides /**
		want        string
	}{
		// An ending may be that of a format.
		{"/admin/**", "/admin.json", "/admin"}, {"/admin", "/admin.html", "/admin"}, {"/admin/*", "/admin/1.json", ""}, {"/admin/users", "/admin/users.xml", "/admin/users"},
		{"/admin/**", "/admin.json/", "/admin/"}, {"/admin/**", "/admin.tar.gz", "/admin"}, {"/a.b /a", "/a.b.c.d", "/a /a.b"}, {"/a.b /a", "/a.b", ""},
		{"/admin/**", "/admin..json", "/admin"}, {"/admin/**", "/admin%20.json", "/admin"}, {"/admin/**", "/admin.json.json.json", "/admin"},
		{"/*/admin", "/x/admin.js", "/x/admin"}, {"/**/admin", "/x/y/admin.js", "/x/y/admin"}, {"/admin/", "/admin/.json", "/admin/"}, {"/", "/.json", "/"},
		{"/admin/**", "/admin", ""}, {"/admin/**", "/admins.json", ""}, {"/admin/**", "/x/admin.json", ""}, {"/admin/**", "/admin/x.json", ""}, {"/admin/**", "/.json", ""},
		{"/admin/** /admin.css", "/admin.css", ""}, {"/v1/** /v1.2/**", "/v1.2/", ""}, {"/admin/** /*/x.json", "/a/x.json", ""}, {"/x/*", "/x/a.b", ""},
		// A server may add the ending of a file.
		{"/admin.php", "/admin", "/admin.php"}, {"/admin.html", "/admin/", "/admin.html"}, {"/a.tar.gz", "/a.tar", "/a.tar.gz"}, {"/a.tar.gz", "/a", "/a.tar.gz"},
		{"/admin.php/**", "/admin", "/admin.php"}, {"/v1/** /v1.2/**", "/v1", ""}, {"/admin.php /admin", "/admin", ""}, {"/admin.php", "/x/admin", ""}, {"/*/a.php", "/x/a", "/x/a.php"}, {"/.env", "/", ""},
		// An index answers for its directory.
		{"/admin/index.php", "/admin/", "/admin/index.php"}, {"/admin/index.php", "/admin", "/admin/index.php"}, {"/admin/index.php/**", "/admin/", "/admin/index.php"},
		{"/index.html", "/", "/index.html"}, {"/Default.ASPX", "/", "/Default.ASPX"}, {"/a/app.php", "/a/", "/a/app.php"}, {"/*/index.php", "/a/", "/a/index.php"},
		{"/**/index.php", "/a/b/", "/a/b/index.php"}, {"/**/index.php", "/", "/index.php"}, {"/**/index.php", "/a", ""}, {"/*/index.php", "/a", ""},
		{"/admin/index.php /admin/", "/admin/", ""}, {"/admin/index.php /admin", "/admin", ""}, {"/admin/index.php /admin/**", "/admin", "/admin/index.php"},
		{"/admin/login.php", "/admin/", ""}, {"/admin/index.php", "/x/admin/", ""}, {"/admin/index.png", "/admin/", ""}, {"/admin/index.php", "/", ""},
	} {
		path, _, err := route.Canonical(tc.path)
		if err != nil {
			t.Fatal(err)
		}
		rules := []route.Rule{{Name: "all", Path: "/**"}}
		for _, p := range strings.Fields(tc.rules) {
			rules = append(rules, route.Rule{Name: p, Path: p})
		}
		table, err := route.Compile(rules)
		if err != nil {
			t.Fatal(err)
		}
		own, _ := table.Match("", "GET", path)
		var got []string
		for _, f := range New(table, rules, scripts).Of(&api.Attempt{Method: "GET", Path: path}, own, nil) {
			if r, _ := table.Match("", "GET", f.Path); r != f.Rule || r == own {
				t.Errorf("%s: got rule %v for %s, want its own", tc.path, f.Rule.Name, f.Path)
			}
			got = append(got, f.Path)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s beside %s: got %q, want %q", tc.path, tc.rules, got, tc.want)
		}
		if none := New(table, rules, nil).Of(&api.Attempt{Method: "GET", Path: path}, own, nil); none != nil {
			t.Errorf("%s: got %v without scripts, want none", tc.path, none)
		}
	}
}

// TestIndex_costsNothing: where no rule names another file of a path, nothing is allocated.
func TestIndex_costsNothing(t *testing.T) {
	rules := []route.Rule{{Name: "all", Path: "/**"}, {Name: "admin", Path: "/admin/**"}, {Name: "index", Path: "/docs/index.php"}}
	table, err := route.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	x, own := New(table, rules, []string{"php"}), &route.Rule{Path: "/**"}
	for _, path := range []string{"/", "/posts/1", "/posts/1.json", "/a.b.c/d.e.f", "/x/", strings.Repeat("/a.", 100), "/" + strings.Repeat("x.", 3000)} {
		a := &api.Attempt{Method: "GET", Path: path}
		if n := testing.AllocsPerRun(100, func() { x.Of(a, own, nil) }); n > 0 {
			t.Errorf("%.20s: got %v allocations, want none", path, n)
		}
	}
}

// TestIndex_StricterByMethod: a file counts if some method needs more there.
func TestIndex_StricterByMethod(t *testing.T) {
	rules := []route.Rule{
		{Name: "all", Path: "/**"}, {Name: "delete", Path: "/posts/**", Methods: []string{"DELETE"}, Roles: []string{"editor"}},
		{Name: "read", Path: "/docs", Methods: []string{"GET"}}, {Name: "rest", Path: "/docs", Roles: []string{"editor"}},
	}
	table, err := route.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	x := New(table, rules, []string{"php"})
	for path, want := range map[string]bool{"/posts.json": true, "/posts": false, "/x.json": false, "/docs.json": true} {
		own, _ := table.Match("", "GET", path)
		if got := x.StricterByMethod(&api.Attempt{Method: "GET", Path: path}, own, nil); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}
