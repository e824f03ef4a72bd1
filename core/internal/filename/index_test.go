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
		{"/admin/**", "/admin", ""}, {"/admin/**", "/admins.json", ""}, {"/admin/**", "/x/admin.json", ""}, {"/admin/**", "/admin/x.json", ""}, {"/admin/**", "/.json", ""}, {"/a/ /x/**", "/b/.json", ""},
		{"/admin/** /admin.css", "/admin.css", ""}, {"/v1/** /v1.2/**", "/v1.2/", ""}, {"/admin/** /*/x.json", "/a/x.json", ""}, {"/x/*", "/x/a.b", ""},
		// So may one inside the path, of a program or a repository.
		{"/admin/**", "/admin.php/x", "/admin/x"}, {"/admin/**", "/admin.git/info/refs", "/admin/info/refs"}, {"/admin/**", "/admin.wiki.git/HEAD", "/admin/HEAD"}, {"/o/admin/**", "/o/admin.git/x/", "/o/admin/x/"},
		{"/admin/**", "/admin.aspx/x.json/y", "/admin/x.json/y"}, {"/admin/users", "/admin.mvc/users.json", "/admin/users"}, {"/admin/*/edit", "/admin.do/1/edit.xml", "/admin/1/edit"}, {"/admin/**", "/admin. nsf/x", "/admin/x"},
		{"/*/admin/**", "/o/admin.git/HEAD", "/o/admin/HEAD"}, {"/**/admin/HEAD", "/o/p/admin.git/HEAD", "/o/p/admin/HEAD"}, {"/a/b/** /a/**", "/a.x/b.y/z", "/a/b.y/z /a/b/z"},
		// CodeIgniter drops the dots of a name.
		{"/admin/**", "/adm.in/users", "/admin/users"}, {"/admin/**", "/..a..dmin/x", "/admin/x"}, {"/admin/users", "/admin./u.s.e.rs", "/admin/users"}, {"/admin/**", "/" + strings.Repeat(".", 300) + "admin/x", "/admin/x"}, {"/admin/**", "/adm.in", "/admin"},
		{"/admin/** /adm.in/**", "/adm.in/x", ""}, {"/" + strings.Repeat("a", 255) + "/**", "/" + strings.Repeat("a", 254) + ".a/x", "/" + strings.Repeat("a", 255) + "/x"}, {"/" + strings.Repeat("a", 256), "/" + strings.Repeat("a", 255) + ".a", ""}, {"/admin/**", "/ad.m.ins/x", ""},
		{"/admin/** /admin.git/**", "/admin.git/x", ""}, {"/v1/**", "/v1.2/x", ""}, {"/v1/**", "/v1.2.3/x", ""}, {"/admin/**", "/x/admin.git/y", ""}, {"/admin/**", "/admins.git/x", ""}, {"/", "/.git/x", ""},
		{"/b/a/**", strings.Repeat("/a.x", 5) + "/b", ""}, {"/b/a/**", strings.Repeat("/a.x", 6), "too many"},
		{"/admin.php/**", "/admin/x", "/admin.php/x"}, {"/admin.php/users", "/admin/users", "/admin.php/users"}, {"/admin.git/**", "/admin/info/refs", "/admin.git/info/refs"}, {"/admin.git/**", "/admin", "/admin.git"},
		{"/*/b.php/**", "/a/b/x", "/a/b.php/x"}, {"/admin.php/** /admin/**", "/admin/x", ""}, {"/a.com/**", "/a/x", ""}, {"/admin.php/**", "/x/admin/y", ""}, {"/docs/index.php", "/docs.git/", "/docs/index.php"},
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
		files, err := New(table, rules, scripts).Of(&api.Attempt{Method: "GET", Path: path}, own, nil)
		for _, f := range files {
			if r, _ := table.Match("", "GET", f.Path); r != f.Rule || r == own {
				t.Errorf("%s: got rule %v for %s, want its own", tc.path, f.Rule.Name, f.Path)
			}
			got = append(got, f.Path)
		}
		if api.ReasonOf(err) == api.ReasonBadPath {
			got = []string{"too many"}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s beside %s: got %q, want %q", tc.path, tc.rules, got, tc.want)
		}
		if none, err := New(table, rules, nil).Of(&api.Attempt{Method: "GET", Path: path}, own, nil); none != nil || err != nil {
			t.Errorf("%s: got %v, %v without scripts, want none", tc.path, none, err)
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

// TestIndex_bounded: no more than 128 paths of one request are looked up.
func TestIndex_bounded(t *testing.T) {
	rules := []route.Rule{{Name: "all", Path: "/**"}, {Name: "admin", Path: "/admin/**", Roles: []string{"editor"}}}
	table, err := route.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	x, a := New(table, rules, []string{"php"}), &api.Attempt{Method: "GET", Path: "/x"}
	for n, want := range map[int]string{128: "", 129: api.ReasonBadPath} {
		forms := slices.Repeat([]string{"/x/admin.json"}, n)
		if _, err := x.Of(a, &rules[0], forms); api.ReasonOf(err) != want {
			t.Errorf("%d forms: got %v, want reason %q", n, err, want)
		}
		if got := x.StricterByMethod(a, &rules[0], forms); got != (want != "") {
			t.Errorf("%d forms: stricter by method: %v", n, got)
		}
	}
}

// TestIndex_StricterByMethod: a file counts if some method needs more there.
func TestIndex_StricterByMethod(t *testing.T) {
	rules := []route.Rule{
		{Name: "all", Path: "/**"}, {Name: "delete", Path: "/posts/**", Methods: []string{"DELETE"}, Roles: []string{"editor"}},
		{Name: "repository", Path: "/repository/**", Methods: []string{"POST"}, Roles: []string{"editor"}}, {Name: "read", Path: "/docs", Methods: []string{"GET"}}, {Name: "rest", Path: "/docs", Roles: []string{"editor"}},
	}
	table, err := route.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	x := New(table, rules, []string{"php"})
	for path, want := range map[string]bool{"/posts.json": true, "/posts": false, "/x.json": false, "/docs.json": true, "/repository.git/git-upload-pack": true, "/repository.git": true, strings.Repeat("/posts.x", 6): true} {
		own, _ := table.Match("", "GET", path)
		if got := x.StricterByMethod(&api.Attempt{Method: "GET", Path: path}, own, nil); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}
