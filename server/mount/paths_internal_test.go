package mount

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// TestPaths: which other paths an application may take a request for.
func TestPaths(t *testing.T) {
	cfg := &config.Config{Upstreams: map[string]config.Upstream{
		"ci": {Kind: "other"}, "drupal": {Kind: "other", RouteParameters: []string{"q", "r", "my_route"}}, "iis": {Kind: "other", LetterCase: "same"}, "wp": {Kind: "wordpress", RESTPath: config.Texts{"/wp-json", "/blog/wp-json"}}, "one": {Kind: "wordpress", URL: "http://one", PathInfo: []string{"/wp-content/x.php"}},
	}, Rules: []config.Rule{{Path: "/admin/*/Users"}, {Path: "/Admin/**"}, {Path: "/posts/**"}, {Path: "/files/*/report.pdf"}, {Path: "/wp-closed/**"}}}
	of := paths(cfg)
	for _, tc := range []struct{ upstream, rule, target, want string }{
		// A query that begins with a slash is the route.
		{"ci", "/**", "/?/admin/users", "/admin/users"}, {"ci", "/**", "/index.php?/admin/users", "/admin/users"}, {"ci", "/**", "/?//admin/./users/", "/admin/users"},
		{"ci", "/**", "/?/%61dmin/%zz", "/admin/%zz"}, {"ci", "/**", "/?%2Fadmin", "/admin"}, {"ci", "/**", "/??/admin", "/admin"}, {"ci", "/**", "/?/admin?x", "/admin"},
		{"ci", "/**", "/?/admin&a=b", "/admin /admin&a=b"}, {"ci", "/**", "/sub/?/admin", "/admin /sub/admin"}, {"ci", "/**", "/?/../admin", "/admin"}, {"ci", "/**", "/?\\admin", ""}, {"ci", "/**", "/?/a/../admin", "/a/admin /admin"}, {"ci", "/**", "/?/admin+/x", "/admin /x /admin+/x /admin/x"},
		{"ci", "/**", "/?a=/admin", ""}, {"ci", "/**", "/?q=admin", ""}, {"ci", "/**", "/?/", ""}, {"ci", "/**", "/", ""}, {"ci", "/**", "/a/b", ""},
		// A parameter that the configuration names has it.
		{"drupal", "/**", "/?q=admin/users", "/admin/users"}, {"drupal", "/**", "/?x&q=%61dmin", "/admin"}, {"drupal", "/**", "/index.php?r=/a&q=b", "/a /b"}, {"drupal", "/**", "/?%71=admin", "/admin"},
		// Its name may be written in other ways, its value with blanks, dot segments and a NUL.
		{"drupal", "/**", "/?+q=admin", "/admin"}, {"drupal", "/**", "/?%20q=admin", "/admin"}, {"drupal", "/**", "/?%09q=admin", "/admin"}, {"drupal", "/**", "/?q%00x=admin", "/admin"}, {"drupal", "/**", "/?Q=admin", "/admin"},
		{"drupal", "/**", "/?q[]=admin", "/admin"}, {"drupal", "/**", "/?q%5B0%5D=admin", "/admin"}, {"drupal", "/**", "/?q+=admin", "/admin"}, {"drupal", "/**", "/?a;q=admin", "/admin"},
		{"drupal", "/**", "/?my.route=admin", "/admin"}, {"drupal", "/**", "/?my+route=admin", "/admin"}, {"drupal", "/**", "/?my[route=admin", "/admin"}, {"drupal", "/**", "/?my_route[]=admin", "/admin"}, {"drupal", "/**", "/?My_Route=admin", "/admin"}, {"drupal", "/**", "/?myroute=admin", ""}, {"drupal", "/**", "/?qq=admin", ""}, {"drupal", "/**", "/?xq=admin", ""},
		{"drupal", "/**", "/?q=admin+", "/admin /admin  /admin+"}, {"drupal", "/**", "/?q=admin%20/x", "/admin /x /admin/x"}, {"drupal", "/**", "/?q=admin%0a", "/admin /admin\n"}, {"drupal", "/**", "/?q=admin%00.html", "/admin /admin\x00.html /admin .html"}, {"drupal", "/**", "/?q=admin.", "/admin /admin."},
		{"drupal", "/**", "/?q=a/../admin", "/a/admin /admin"}, {"drupal", "/**", "/?q=..%5Cadmin", "/admin"}, {"drupal", "/**", "/?q=admin?x", "/admin /admin?x"}, {"drupal", "/**", "/?q=x;/../admin", "/admin /x /x;/admin"}, {"drupal", "/**", "/?q=a+b", "/a b /a+b"},
		{"drupal", "/**", "/?q=", ""}, {"drupal", "/**", "/?s=admin", ""},
		// Next.js and Gatsby serve the data of pages.
		{"ci", "/**", "/_next/data/b1/admin/users.json", "/admin/users"}, {"ci", "/**", "/_next/data/b1/index.json", "/"}, {"ci", "/**", "/docs/_next/data/b1/a.json", "/docs/a"},
		{"ci", "/**", "/_next/image?url=%2Fadmin%2Fx.png&w=1", "/admin/x.png"}, {"ci", "/**", "/_next/image?url=https://a.test/b", ""}, {"ci", "/**", "/_next/static/x.js", ""},
		{"ci", "/**", "/page-data/admin/page-data.json", "/admin"}, {"ci", "/**", "/page-data/admin", ""}, {"ci", "/**", "/_next/data/b1/admin", ""}, {"ci", "/**", "/page-data/index/page-data.json", "/"},
		{"ci", "/**", "/_next/data/b1/admin.json/", "/admin"}, {"ci", "/**", "/_next/image/?url=/admin/x.png", "/admin/x.png"}, {"ci", "/**", "/_next/image?url=/a/../admin/x.png", "/a/admin/x.png /admin/x.png"}, {"ci", "/**", "/_next/image?+URL=/admin/x.png", "/admin/x.png"},
		{"ci", "/**", "/admin.segments/_tree.segment.rsc", "/admin"}, {"ci", "/**", "/admin/__next._full.txt", "/admin/"}, {"ci", "/**", "/admin.segments/x", ""}, {"ci", "/**", "/__next.txt", "/"}, {"ci", "/**", "/__next.js", ""}, {"ci", "/**", "/admin/index.txt", "/admin"}, {"ci", "/**", "/index.txt", "/"}, {"ci", "/**", "/index.rsc", "/"}, {"ci", "/**", "/reindex.txt", ""},
		{"ci", "/index.txt", "/index.txt", ""}, {"ci", "/*/__data.json", "/admin/__data.json", ""}, {"ci", "/_next/image", "/_next/image?url=/admin/x.png", "/admin/x.png"},
		// So do other frameworks.
		{"ci", "/**", "/admin/__data.json", "/admin /admin/"}, {"ci", "/**", "/__data.json", "/"}, {"ci", "/**", "/admin.html__data.json", "/admin.html"}, {"ci", "/**", "/admin/__route.js", "/admin"}, {"ci", "/**", "/admin/x__data.js", ""},
		{"ci", "/**", "/admin/_payload.json", "/admin"}, {"ci", "/**", "/_payload.json", "/"}, {"ci", "/**", "/admin/_payload.js", "/admin"}, {"ci", "/**", "/_nuxt/static/1/admin/payload.js", "/admin"}, {"ci", "/**", "/_nuxt/static/1/state.js", "/"}, {"ci", "/**", "/_nuxt/static/1/a.js", ""},
		{"ci", "/**", "/admin/_.data", "/admin"}, {"ci", "/**", "/_root.data", "/"}, {"ci", "/**", "/base/_root.data", "/base"}, {"ci", "/**", "/admin/q-data.json", "/admin"}, {"ci", "/**", "/admin/data.json", ""},
		{"ci", "/**", "/_ipx/w_100/admin/x.png", "/admin/x.png"}, {"ci", "/**", "/base/_ipx/_/admin/x.png", "/base/admin/x.png"}, {"ci", "/**", "/_ipx/w_100", ""}, {"ci", "/**", "/cdn-cgi/image/w=8/admin/x.png", "/admin/x.png"},
		{"ci", "/**", "/_image?href=%2Fadmin%2Fx.png", "/admin/x.png"}, {"ci", "/**", "/_image/?href=/admin/x.png", "/admin/x.png"}, {"ci", "/**", "/_vercel/image?url=/admin/x.png", "/admin/x.png"}, {"ci", "/**", "/.netlify/images?url=/admin/x.png", "/admin/x.png"}, {"ci", "/**", "/image?href=/admin/x.png", ""},
		{"ci", "/**", "/repo/!svn/bc/5/admin/x", "/repo/admin/x"}, {"ci", "/**", "/repo/!svn/txr/5-1/admin", "/repo/admin"}, {"ci", "/**", "/repo/!svn/vcc/default", ""},
		// Letters do not count where the application ignores their case.
		{"iis", "/**", "/POSTS/x", "/posts/x"}, {"iis", "/**", "/po\u017fts/x", "/posts/x"}, {"iis", "/**", "/?/Posts", "/Posts /posts"}, {"iis", "/**", "/ADMIN/1/users", "/Admin/1/Users /admin/1/Users"},
		{"iis", "/**", "/admin/x", "/Admin/x"}, {"iis", "/**", "/posts/X", ""},
		{"iis", "/**", "/ADMIN.json", "/Admin.json /admin.json"}, {"iis", "/**", "/POSTS.git/HEAD", "/posts.git/HEAD"}, {"iis", "/**", "/Po.sts/x", "/posts/x"}, {"iis", "/**", "/REPORT", "/report"}, {"iis", "/**", "/x/Report.PDF", "/x/report.PDF /x/report.pdf"}, {"iis", "/**", "/?/POSTS.json", "/POSTS.json /posts.json"},
		{"iis", "/**", "/ADMIN/ADMIN", "/Admin/Admin /Admin/admin /admin/Admin /admin/admin"}, {"iis", "/**", "/" + strings.Repeat("a.", 4000), ""}, {"ci", "/**", "/POSTS/x", ""},
		// The rewrite rules of a network drop what precedes a script or WordPress's directories.
		{"wp", "/**", "/foo/xmlrpc.php", "/xmlrpc.php"}, {"wp", "/**", "/foo/bar/xmlrpc.php", "/bar/xmlrpc.php /xmlrpc.php"}, {"wp", "/**", "/foo/wp-admin/options.php", "/wp-admin/options.php"},
		{"wp", "/**", "/foo/wp-content/uploads/x.txt", "/wp-content/uploads/x.txt"}, {"wp", "/**", "/blog/foo/wp-includes/x", "/blog/wp-includes/x"},
		{"wp", "/**", "/wp-content/wp-admin/options.php", "/wp-admin/options.php"}, {"wp", "/**", "/wp-includes/wp-content/wp-content/x", "/wp-content/wp-content/x /wp-content/x"},
		{"wp", "/**", "/foo/wp-content/wp-content/x", "/wp-content/wp-content/x /wp-content/x"}, {"wp", "/**", "/wp-contentx/wp-admin/a", "/wp-admin/a"}, {"wp", "/**", "/blog/wp-content/wp-content/x", "/blog/wp-content/x"},
		{"wp", "/wp-content/**", "/wp-content/wp-content/x", "/wp-content/x"}, {"wp", "/**/wp-admin/**", "/a/wp-admin/wp-admin/x", "/wp-admin/wp-admin/x /wp-admin/x"},
		{"wp", "/**", "/foo/WP-Admin/x", "/WP-Admin/x"}, {"wp", "/**", "/wp-content/plugins/p/wp-admin/x.css", ""}, {"wp", "/**", "/wp-content/plugins/wp-x/wp-y.js", ""},
		// A WordPress routes by what follows a script.
		{"one", "/**", "/index.php/a/b", "/a/b"}, {"one", "/**", "/blog/index.php/a", "/blog/a"}, {"one", "/index.php/**", "/index.php/a", ""}, {"one", "/**", "/index.php/wp-json/wp/v2/x", ""},
		{"one", "/**", "/index.php/", "/"}, {"one", "/**", "/wp-content/x.php/a", "/a"}, {"one", "/**", "/index.php", ""}, {"one", "/wp-content/x.php/**", "/wp-content/x.php/a", ""},
		{"wp", "/**", "/blog/index.php/2024/x", "/blog/2024/x"}, {"wp", "/**", "/index.php/2024/x", "/2024/x"},
		// Those of nginx know no end of a script, and each name that begins with wp-.
		{"wp", "/**", "/xmlrpc.phpx", "/xmlrpc.php"}, {"wp", "/**", "/foo/xmlrpc.php.txt", "/foo/xmlrpc.php /xmlrpc.php"}, {"wp", "/**", "/xmlrpc.php\u00a0", "/xmlrpc.php"},
		{"wp", "/**", "/foo/xmlrpc.php-/a/b", "/foo/xmlrpc.php /xmlrpc.php"}, {"wp", "/**", "/a.php-/b.php-", "/a.php-/b.php /b.php"}, {"wp", "/xmlrpc.phpx", "/xmlrpc.phpx", ""},
		{"wp", "/**", "/wp-content/x.php.jpg", ""}, {"wp", "/**", "/foo/wp-backup/x", "/wp-backup/x"}, {"wp", "/**", "/wp-a/wp-b/wp-c", "/wp-b/wp-c /wp-c"}, {"wp", "/**", "/a/b/wp-backup/x", ""},
		{"wp", "/**", "/foo/wp-config.bak", "/wp-config.bak"}, {"wp", "/foo/wp-config.bak", "/foo/wp-config.bak", ""},
		// The name of the REST API is dropped, too; its routes are not.
		{"wp", "/**", "/wp-json/xmlrpc.php", "/xmlrpc.php"}, {"wp", "/**", "/wp-json/foo/xmlrpc.php", "/foo/xmlrpc.php /xmlrpc.php"}, {"wp", "/**", "/wp-json/wp-json/xmlrpc.php", "/wp-json/xmlrpc.php /xmlrpc.php"},
		{"wp", "/wp-json/**", "/wp-json/wp-content/x", "/wp-content/x"}, {"wp", "/wp-json/**", "/wp-json/wp-other/x.txt", "/wp-other/x.txt"}, {"wp", "/wp-json/**", "/wp-json/wp-closed/x", "/wp-closed/x"},
		{"wp", "/wp-json/**", "/wp-json/wp-site-health/v1/x", ""}, {"wp", "/wp-json/**", "/wp-json/wp/v2/plugins/wp-x/wp-y", ""}, {"wp", "/**", "/blog/wp-json/xmlrpc.php", "/blog/xmlrpc.php"},
		{"wp", "/foo/wp-admin/**", "/foo/wp-admin/options.php", ""}, {"wp", "/*/xmlrpc.php", "/foo/xmlrpc.php", ""},
		{"wp", "/**", "/blog/wp-admin/admin-ajax.php", ""}, {"wp", "/**", "/blog/wp-login.php", ""}, // of a known site
		{"one", "/blog/**", "/blog/wp-login.php", ""}, {"one", "/blog/**", "/blog/wp-content/x.css", ""}, // no network
		{"wp", "/**", "/wp-admin/x/y.php", ""}, {"wp", "/**", "/xmlrpc.php", ""}, {"wp", "/**", "/foo/bar", ""}, {"wp", "/**", "/?/admin", ""}, {"wp", "/**", "/foo/wp-json/x", ""},
	} {
		path, query, _ := strings.Cut(tc.target, "?")
		got := of(&route.Rule{Path: tc.rule, Upstream: tc.upstream}, path, query)
		slices.Sort(got)
		if strings.Join(slices.Compact(got), " ") != tc.want {
			t.Errorf("%s at %s under %s: got %q, want %q", tc.target, tc.upstream, tc.rule, got, tc.want)
		}
	}
}
