package route

import (
	"slices"
	"strings"
	"testing"
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
		{"/a.php" + strings.Repeat("/a.php", 9) + "/x", "/**", []string{
			"/a.php" + strings.Repeat("/a.php", 5) + "/x", "/a.php" + strings.Repeat("/a.php", 6) + "/x",
			"/a.php" + strings.Repeat("/a.php", 7) + "/x", "/a.php" + strings.Repeat("/a.php", 8) + "/x",
		}},
	} {
		got := ScriptPaths(tc.path, &Rule{Path: tc.rule}, strings.Fields("php php5 phtml cgi pl aspx jsp cfm"))
		slices.Sort(tc.want)
		if none := ScriptPaths(tc.path, &Rule{Path: tc.rule}, nil); none != nil {
			t.Errorf("%s: got %q without endings, want nil", tc.path, none)
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
		rule := &Rule{Path: tc.rule}
		if got := IndexedBy(tc.path, rule, []string{"php", "aspx"}); got != tc.want || IndexedBy(tc.path, rule, nil) != "" {
			t.Errorf("%s under %s: got %q, want %q", tc.path, tc.rule, got, tc.want)
		}
	}
}
