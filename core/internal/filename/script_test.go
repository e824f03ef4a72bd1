package filename

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestScriptPaths: what an application may route by where a path goes on below a script.
func TestScriptPaths(t *testing.T) {
	for _, tc := range []struct {
		path, rule string
		want       []string
	}{
		{"/index.php/admin/x", "/**", []string{"/admin/x"}},
		{"/sub/index.php/admin/x", "/**", []string{"/admin/x", "/sub/admin/x"}},
		{"/a/b/app.PHP/admin", "/**", []string{"/a/b/admin", "/admin"}},
		{"/index.php/index.php/x", "/**", []string{"/index.php/x", "/x"}},
		{"/index.php/", "/**", []string{"/"}},
		{"/x.php5/a", "/**", []string{"/a"}}, {"/x.phtml/a", "/**", []string{"/a"}}, {"/x.cgi/a", "/**", []string{"/a"}},
		{"/x.pl/a", "/**", []string{"/a"}}, {"/x.aspx/a", "/**", []string{"/a"}}, {"/x.jsp/a", "/**", []string{"/a"}}, {"/x.cfm/a", "/**", []string{"/a"}},
		{"/index.php", "/**", nil}, {"/admin/x", "/**", nil}, {"/a.png", "/**", nil}, {"/v1.2/items", "/**", nil}, {"/php/x", "/**", nil},
		{"/index.phpx/a", "/**", nil}, {"/", "/**", nil}, {".php/x", "/**", nil},
		{"/index.php/admin", "/index.php/**", nil}, {"/api/index.php/x", "/*/index.php/x", nil},
		{"/index.php/app.php/x", "/index.php/**", []string{"/index.php/x", "/x"}},
		{strings.Repeat("/a.php", 5), "/**", []string{"/a.php", "/a.php/a.php", "/a.php/a.php/a.php", "/a.php/a.php/a.php/a.php"}}, // the last one ends the path
		{strings.Repeat("/a.php", 6), "/**", []string{"too many"}},
		{"/index.php" + strings.Repeat("/a.php", 4) + "/x", "/**", []string{"too many"}},
		{"/index.php" + strings.Repeat("/b.php", 3) + "/x", "/index.php/**", []string{
			"/b.php/b.php/x", "/b.php/x", "/index.php/b.php/b.php/x", "/x",
		}},
		{strings.Repeat("/index.php", 9) + "/x", "/index.php/**", nil},
	} {
		got, err := ScriptPaths(tc.path, &route.Rule{Path: tc.rule}, strings.Fields("php php5 phtml cgi pl aspx jsp cfm"))
		if api.ReasonOf(err) == api.ReasonBadPath {
			got = []string{"too many"}
		}
		slices.Sort(tc.want)
		if none, err := ScriptPaths(tc.path, &route.Rule{Path: tc.rule}, nil); none != nil || err != nil {
			t.Errorf("%s: got %q, %v without endings, want nil", tc.path, none, err)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s under %s: got %q, want %q", tc.path, tc.rule, got, tc.want)
		}
	}
}

// TestIndexedBy: the directory that a file may answer for.
func TestIndexedBy(t *testing.T) {
	for _, tc := range []struct{ path, rule, want string }{
		{"/index.php", "/**", "/"}, {"/a/Index.PHP", "/**", "/a/"}, {"/default.aspx", "/*", "/"}, {"/a/app.php", "/**", "/a/"},
		{"/a/index.html", "/**", "/a/"}, {"/index.htm", "/**", "/"}, {"/x.php/index.php", "/**", "/x.php/"},
		{"/index.php", "/index.php", ""}, {"/a/index.html", "/*/index.html", ""}, {"/login.php", "/**", ""}, {"/index.png", "/**", ""}, {"/index", "/**", ""},
		{"/reindex.php", "/**", ""}, {"/index.php.txt", "/**", ""}, {"/index.php/", "/**", ""}, {"/index.php/x", "/**", ""}, {"/", "/**", ""},
	} {
		rule := &route.Rule{Path: tc.rule}
		if got := IndexedBy(tc.path, rule, []string{"php", "aspx"}); got != tc.want || IndexedBy(tc.path, rule, nil) != "" {
			t.Errorf("%s under %s: got %q, want %q", tc.path, tc.rule, got, tc.want)
		}
	}
}
