package route

import (
	"strings"
	"testing"
)

func TestWordPress_Read(t *testing.T) {
	for _, tc := range []struct{ method, path, query, want string }{
		{"GET", "/", "", "GET /"},
		{"GET", "/About/", "p=1", "GET /About/"},
		{"POST", "/wp-login.php", "_method=GET", "POST /wp-login.php"},
		{"GET", "/wp-json", "", "GET /wp-json"},
		{"GET", "/wp-json/", "", "GET /wp-json"},
		{"GET", "/wp-jsonx/a", "", "GET /wp-jsonx/a"},
		{"GET", "/WP-JSON/a", "", "GET /WP-JSON/a"},
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
		{"GET", "/wp-admin/admin-ajax.php", "rest_route=/a", "400"},
		{"GET", "/wp-content/uploads/a.pdf", "rest_route=/a", "400"},
		{"GET", "/wp-json/a", "_method=GET&_method=PUT", "400"},
		{"GET", "/wp-json/a", "_method[]=PUT", "400"},
		{"POST", "/wp-json/a", "[method=GET", "400"},
		{"POST", "/wp-json/a", "_method=", "400"},
		{"GET", "/", strings.Repeat("a&", 1000) + "rest_route=/a", "400"},
	} {
		method, path, err := WordPress{}.Read(tc.method, tc.path, tc.query)
		got := method + " " + path
		if err != nil {
			got = "400"
		}
		if got != tc.want {
			t.Errorf("%s %s?%.60s: got %s, %v; want %s", tc.method, tc.path, tc.query, got, err, tc.want)
		}
	}
	in := WordPress{REST: "/blog/wp-json"}
	for path, want := range map[string]string{
		"/blog/index.php/wp-json/A": "/blog/wp-json/a", "/blog/wp-json/A": "/blog/wp-json/a", "/wp-json/A": "/wp-json/A",
	} {
		if _, got, err := in.Read("GET", path, ""); got != want || err != nil {
			t.Errorf("below /blog: %s: got %s, %v; want %s", path, got, err, want)
		}
	}
	if _, got, err := in.Read("GET", "/blog/", "rest_route=/x"); got != "/blog/wp-json/x" || err != nil {
		t.Errorf("below /blog: got %s, %v", got, err)
	}
}

func TestWordPress_Pattern(t *testing.T) {
	for path, want := range map[string]string{
		"/wp-json/App/v1/*": "/wp-json/app/v1/*", "/wp-json/a/": "/wp-json/a", "/About/": "/About/", "/**": "/**", "/wp-json": "/wp-json", "/wp-json/**": "/wp-json/**",
	} {
		if got := (WordPress{}).Pattern(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// FuzzWordPress_Read wants what was read to be readable again, and the same.
func FuzzWordPress_Read(f *testing.F) {
	for _, s := range []string{"/|rest_route=/wp/v2/users", "/wp-json/A/|_method=put", "/|rest[route=/a", "/index.php/wp-json/x|", "/|rest_route=%2F%41%2B"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		target, query, _ := strings.Cut(s, "|")
		path, _, err := Canonical(target)
		if err != nil {
			return
		}
		method, read, err := WordPress{}.Read("GET", path, query)
		if err != nil {
			return
		}
		if m, again, err := (WordPress{}).Read(method, read, ""); m != method || again != read || err != nil {
			t.Errorf("%q: read as %s %s, then as %s %s, %v", s, method, read, m, again, err)
		}
	})
}
