package wordpress

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
)

func TestReader_Read(t *testing.T) {
	for _, tc := range []struct{ method, path, query, want string }{
		{"GET", "/", "", "GET /"},
		{"GET", "/About/", "p=1", "GET /About/"},
		{"POST", "/wp-login.php", "_method=GET", "POST /wp-login.php"},
		{"GET", "/wp-json", "", "GET /wp-json"},
		{"GET", "/wp-json/", "", "GET /wp-json"},
		{"GET", "/wp-jsonx/a", "", "GET /wp-jsonx/a"},
		{"GET", "/WP-JSON/a", "", "GET /WP-JSON/a | GET /wp-json/a"},
		{"delete", "/wp-json/a", "", "DELETE /wp-json/a"},
		{"dElEtE", "/", "rest_route=/a", "DELETE /wp-json/a"},
		{"post", "/wp-login.php", "", "POST /wp-login.php"},
		{"post", "/x/wp-json/a", "_method=delete", "POST /x/wp-json/a | DELETE /wp-json/a"},
		{"pr\u00f6p\u017f", "/", "", "PR\u00f6P\u017f /"},
		{"GET", "/wp-json/wp/v2/Users/", "", "GET /wp-json/wp/v2/users"},
		{"GET", "/index.php/wp-json/wp/v2/users", "", "GET /wp-json/wp/v2/users"},
		{"GET", "/", "rest_route=/wp/v2/users", "GET /wp-json/wp/v2/users"},
		{"GET", "/index.php", "a=b&rest_route=%2Fwp%2Fv2%2FUSERS%2F", "GET /wp-json/wp/v2/users"},
		{"GET", "/", "rest_route=/", "GET /wp-json"},
		{"GET", "/", "rest.route=/a", "GET /wp-json/a"},
		{"GET", "/", "rest%20route=/a", "GET /wp-json/a"},
		{"GET", "/", "+rest+route=/a", "GET /wp-json/a"},
		{"GET", "/", "rest[route=/a", "GET /wp-json/a"},
		{"GET", "/", "%72est%5froute=/a", "GET /wp-json/a"},
		{"GET", "/wp-json/lin\u212a/A\u00c9", "", "GET /wp-json/lin\u212a/a\u00c9"},
		{"GET", "/", "rest_routes=/a&xrest_route=/b&Rest_route=/c&rest_route]=/d", "GET /"},
		{"GET", "/wp-json/app/v1/posts/1", "rest_route=/wp/v2/users", "GET /wp-json/wp/v2/users"},
		{"GET", "/wp-json/a", "_method=delete", "DELETE /wp-json/a"},
		{"GET", "/wp-json/a", ".method=delete", "DELETE /wp-json/a"},
		{"POST", "/", "rest_route=/a&_method=PUT", "PUT /wp-json/a"},
		{"GET", "/wp-json/a", "q=%zz&x=%", "GET /wp-json/a"},

		{"GET", "/", "rest_route=/a&rest_route=/b", "400"},
		{"GET", "/", "rest_route=/a&rest.route=/a", "400"},
		{"GET", "/", "rest_route[]=/a", "400"},
		{"GET", "/", "rest[route[x]=/a", "400"},
		{"GET", "/", "rest_route%00x=/a", "400"},
		{"GET", "/", "rest_route", "400"},
		{"GET", "/", "rest_route=", "400"},
		{"GET", "/", "rest_route=a", "400"},
		{"GET", "/", "rest_route=//a", "400"},
		{"GET", "/", "rest_route=/a/../b", "400"},
		{"GET", "/", "rest_route=/a%252fb", "400"},
		{"GET", "/", "rest_route=/a%3Fb", "400"},
		{"GET", "/", "rest_route=/a%00", "400"},
		{"GET", "/", "?rest_route=/a", "400"},
		{"GET", "/", "???+rest.route=/a", "400"},
		{"GET", "/", "a=b&?rest_route=/a", "400"},
		{"GET", "/", "a=b;rest_route=/a", "400"},
		{"GET", "/", "a;rest.route;b", "400"},
		{"GET", "/wp-json/a", "?_method=DELETE", "400"},
		{"GET", "/wp-json/a", "x;_method=DELETE", "400"},
		{"GET", "/wp-json/a", "_method=PO%C5%BFT", "400"},
		{"GET", "/", "url=/x?rest_route=/y&%3Frest_route=/z&a%3Brest_route=/b", "GET /"},
		{"GET", "/wp-admin/admin-ajax.php", "rest_route=/a", "400"},
		{"GET", "/wp-content/uploads/a.pdf", "rest_route=/a", "400"},
		{"GET", "/wp-json/a", "_method=GET&_method=PUT", "400"},
		{"GET", "/wp-json/a", "_method[]=PUT", "400"},
		{"POST", "/wp-json/a", "[method=GET", "400"},
		{"POST", "/wp-json/a", "_method=", "400"},
		{"GET", "/", strings.Repeat("a&", 1000) + "rest_route=/a", "400"},
	} {
		got := meanings(Reader{}.Read(tc.method, tc.path, tc.query))
		if got != tc.want {
			t.Errorf("%s %s?%.60s: got %s, want %s", tc.method, tc.path, tc.query, got, tc.want)
		}
	}
}

// meanings are the methods and paths for which rules are applied to a request.
func meanings(r route.Reading, err error) string {
	if err != nil {
		return "400"
	}
	var list []string
	for m := range r.All() {
		list = append(list, m.Method+" "+m.Path)
	}
	return strings.Join(list, " | ")
}

// TestReader_places tests where WordPress finds its REST API, or could find it.
func TestReader_places(t *testing.T) {
	root, blog := Reader{}, Reader{REST: []string{"/blog/wp-json"}}
	network := Reader{REST: []string{"/wp-json", "/forum/wp-json"}, Scripts: []string{"/wp-content/plugins/x/api.php"}}
	dotted, two := Reader{REST: []string{"/my.api"}}, Reader{REST: []string{"/wp-json", "/api"}}
	for _, tc := range []struct {
		site       Reader
		path, want string
	}{
		// Where rest_path says.
		{root, "/wp-json/A", "GET /wp-json/a"},
		{root, "/wp-json", "GET /wp-json"},
		{root, "/index.php/wp-json/A", "GET /wp-json/a"},
		{blog, "/blog/wp-json/A", "GET /blog/wp-json/a"},
		{blog, "/blog/index.php/wp-json/A", "GET /blog/wp-json/a"},
		{network, "/forum/wp-json/A", "GET /forum/wp-json/a"},
		{network, "/forum/index.php/wp-json/A", "GET /forum/wp-json/a"},
		{two, "/api/wp-json/A", "GET /api/wp-json/a"},
		{root, "/wp-json/a/wp-json/b", "GET /wp-json/a/wp-json/b"},
		{root, "/wp-json/wp/v2/media/what.is.php", "GET /wp-json/wp/v2/media/what.is.php"},

		// The rewrite rules have an unescaped dot, and ignore where the home path ends.
		{root, "/index-php/wp-json/A", "GET /index-php/wp-json/A | GET /wp-json/a"},
		{root, "/indexXphp/wp-json/A", "GET /indexXphp/wp-json/A | GET /wp-json/a"},
		{root, "/index php/wp-json/A", "GET /index php/wp-json/A | GET /wp-json/a"},
		{blog, "/blogwp-json/A", "GET /blogwp-json/A | GET /blog/wp-json/a"},
		{blog, "/BLOGwp-json/A", "GET /BLOGwp-json/A | GET /blog/wp-json/a"},
		{blog, "/BLOG/wp-json/A", "GET /BLOG/wp-json/A | GET /blog/wp-json/a"},
		{blog, "/blogindex.php/wp-json/A", "400"}, // below a script with another name
		{blog, "/blogindex-php/wp-json/A", "GET /blogindex-php/wp-json/A | GET /blog/wp-json/a"},
		{blog, "/blog/index.php/blog/wp-json/A", "GET /blog/index.php/blog/wp-json/A | GET /blog/wp-json/a"},
		{blog, "/blog/index.php/BLOGwp-json/A", "GET /blog/index.php/BLOGwp-json/A | GET /blog/wp-json/a"},
		{blog, "/wp-json/A", "GET /wp-json/A | GET /blog/wp-json/a"},
		{blog, "/index.php/wp-json/A", "GET /index.php/wp-json/A | GET /blog/wp-json/a"},
		{root, "/wp/index.php/wp-json/A", "GET /wp/index.php/wp-json/A | GET /wp-json/a"},

		{root, "/index php/wp-json/a+b", "GET /index php/wp-json/a+b | GET /wp-json/a+b | GET /wp-json/a b"}, // urldecode
		{root, "/wp-json/a+b", "GET /wp-json/a+b"},

		// Sites of a network, and languages.
		{root, "/pt-br/wp-json/wp/v2/users", "GET /pt-br/wp-json/wp/v2/users | GET /wp-json/wp/v2/users"},
		{root, "/pt-br/wp-json", "GET /pt-br/wp-json | GET /wp-json"},
		{root, "/pt-br/wp-json/", "GET /pt-br/wp-json/ | GET /wp-json"},
		{root, "/a/wp-json/b/wp-json/c", "GET /a/wp-json/b/wp-json/c | GET /wp-json/b/wp-json/c | GET /wp-json/c"},
		{network, "/x/wp-json/a", "GET /x/wp-json/a | GET /wp-json/a | GET /forum/wp-json/a"},
		{root, "/WP-JSON/a", "GET /WP-JSON/a | GET /wp-json/a"},
		{dotted, "/my.api/A", "GET /my.api/a"},
		{dotted, "/myXapi/A", "GET /myXapi/A | GET /my.api/a"},
		{two, "/x/api/wp-json/A", "GET /x/api/wp-json/A | GET /wp-json/a | GET /api/wp-json/a"},
		{root, "/wp-jsonx/a", "GET /wp-jsonx/a"},
		{root, "/wp-jsonX/A", "GET /wp-jsonX/A"},
		{Reader{REST: []string{"/my_api"}}, "/x/my?api/a", "GET /x/my?api/a"}, // not a difference in letter case
		{Reader{REST: []string{"/my_api"}}, "/x/MY_API/A", "GET /x/MY_API/A | GET /my_api/a"},
		{root, "/x" + strings.Repeat("/wp-json", 100), "400"},

		// WordPress ignores the API's name below index.php.
		{root, "/index.php/wp-json/a/index.php", "GET /wp-json/a/index.php | GET /index.php/wp-json/a/index.php"},
		{root, "/index.php/wp-json/a/x-index-php/", "GET /wp-json/a/x-index-php | GET /index.php/wp-json/a/x-index-php/"},
		{root, "/index.php/wp-json/wp-admin/a", "GET /wp-json/wp-admin/a | GET /index.php/wp-json/wp-admin/a"},
		{root, "/wp-json/wp-admin/a", "GET /wp-json/wp-admin/a"},
		{root, "/index.php/pt/wp-json/wp-admin/a", "GET /index.php/pt/wp-json/wp-admin/a | GET /wp-json/wp-admin/a"},

		// Files.
		{root, "/wp-content/x/wp-json/a", "GET /wp-content/x/wp-json/a"},
		{root, "/wp-includes/wp-json/a", "GET /wp-includes/wp-json/a"},
		{blog, "/blog/wp-content/wp-json/a", "GET /blog/wp-content/wp-json/a"},
		{blog, "/wp-content/wp-json/a", "GET /wp-content/wp-json/a | GET /blog/wp-json/a"},
		{root, "/x/wp-content/wp-json/a", "GET /x/wp-content/wp-json/a | GET /wp-json/a"},
		{root, "/wp-content/index.php/wp-json/a", "GET /wp-content/index.php/wp-json/a | GET /wp-json/a"},

		// What follows a script.
		{root, "/wp-trackback.php/wp-json/a", "400"},
		{root, "/wp-login.php/", "400"},
		{root, "/wp-login.php", "GET /wp-login.php"},
		{root, "/WP-LOGIN.PHP/x", "400"},
		{root, "/a.phtml/x", "400"},
		{root, "/a.php7/x", "400"},
		{root, "/a.phar/x", "400"},
		{root, "/myindex.php/x", "400"},
		{root, "/INDEX.PHP/wp-json/x", "400"},
		{root, "/index.php/a.php/x", "400"},
		{root, "/index.php/2020/hello", "GET /index.php/2020/hello"},
		{root, "/wp-content/plugins/x/api.php/x", "400"},
		{network, "/wp-content/plugins/x/api.php/x", "GET /wp-content/plugins/x/api.php/x"},
		{network, "/wp-content/plugins/x/api.php/wp-json/A", "GET /wp-content/plugins/x/api.php/wp-json/A | GET /wp-json/a | GET /forum/wp-json/a"},
		{root, "/a.phpx/x", "GET /a.phpx/x"},
		{root, "/v1.2/x.html/y", "GET /v1.2/x.html/y"},
		{root, "/index.php/wp-json/wp/v2/users?/x", "400"},
		{root, "/index.php/x?/wp-json", "400"},
		{root, "/index.php/x?y", "400"},
		{root, "/wp-json/wp/v2/users?x", "400"},
		{root, "/x/wp-json/wp/v2/users?x", "400"},
		{root, "/search/what?", "GET /search/what?"},
	} {
		if got := meanings(tc.site.Read("GET", tc.path, "")); got != tc.want {
			t.Errorf("%v %s: got %s, want %s", tc.site.REST, tc.path, got, tc.want)
		}
	}
	for target, want := range map[string]string{
		"/blog/?rest_route=/X": "GET /blog/wp-json/x", "/blog/index.php?rest_route=/X": "GET /blog/wp-json/x", "/blog?rest_route=/x": "400",
		"/?rest_route=/x": "400", "/pt-br/?rest_route=/x": "400", "/blog/x/wp-json/a?rest_route=/x": "400", "/blog/index.php/wp-json/a?rest_route=/x": "GET /blog/wp-json/x",
	} {
		path, query, _ := strings.Cut(target, "?")
		if got := meanings(blog.Read("GET", path, query)); got != want {
			t.Errorf("below /blog, %s: got %s, want %s", target, got, want)
		}
	}
	if got := meanings(two.Read("GET", "/", "rest_route=/x")); got != "GET /wp-json/x | GET /api/x" {
		t.Errorf("two APIs of one home: got %s, want GET /wp-json/x | GET /api/x", got)
	}
}

func TestReader_Pattern(t *testing.T) {
	for path, want := range map[string]string{
		"/wp-json/App/v1/*": "/wp-json/app/v1/*", "/wp-json/a/": "/wp-json/a", "/About/": "/About/", "/**": "/**", "/wp-json": "/wp-json", "/wp-json/**": "/wp-json/**",
	} {
		if got := (Reader{}).Pattern(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// FuzzReader_Read: reading the result again gives the same result.
func FuzzReader_Read(f *testing.F) {
	for _, s := range []string{"/|rest_route=/wp/v2/users", "/wp-json/A/|_method=put", "/|rest[route=/a", "/index.php/wp-json/x|", "/|rest_route=%2F%41%2B"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		target, query, _ := strings.Cut(s, "|")
		path, _, err := route.Canonical(target)
		if err != nil {
			return
		}
		read, err := Reader{}.Read("GET", path, query)
		if err != nil {
			return
		}
		for m := range read.All() {
			if !m.IsREST() {
				continue
			}
			again, err := (Reader{}).Read(m.Method, m.Path, "")
			if err == nil && (len(again.Also) > 0 || again.Method != m.Method || again.Path != m.Path) {
				t.Errorf("%q: read as %v, then as %v", s, m, again)
			}
		}
	})
}
