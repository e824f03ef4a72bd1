package dialect_test

import (
	"testing"

	"github.com/cardea-auth/cardea/server/dialect"
)

func TestMount_RulePath(t *testing.T) {
	m := dialect.Mount{Prefix: "/blog/wp-json", Host: "shop.example"}
	for _, c := range []struct{ host, path, query, want string }{
		{"shop.example", "/blog/wp-json/wp/v2/posts", "", "/blog/wp-json/wp/v2/posts"},
		{"shop.example", "/blog/wp-json/WP/V2/Posts/", "a=b", "/blog/wp-json/wp/v2/posts"},
		{"shop.example", "/blog/index.php/wp-json/wp/v2/posts", "", "/blog/wp-json/wp/v2/posts"},
		{"shop.example", "/blog/", "rest_route=/wp/v2/posts", "/blog/wp-json/wp/v2/posts"},
		{"shop.example", "/blog/", "rest_route=%2Fwp%2Fv2%2Fusers%2Fme/", "/blog/wp-json/wp/v2/users/me"},
		{"shop.example", "/blog/index.php", "x=1&rest%5Froute=/a", "/blog/wp-json/a"},
		{"shop.example", "/blog/any/page", "rest.route=/a", "/blog/wp-json/a"},
		{"shop.example", "/blog/", "rest_route[]=/a", "/blog/wp-json/a"},
		{"shop.example", "/blog/wp-json", "", "/blog/wp-json"},
		{"shop.example", "/blog/wp-jsonx/a", "", "/blog/wp-jsonx/a"},
		{"shop.example", "/other/", "rest_route=/a", "/other/"},
		{"shop.example", "/blog/", "q=rest_route", "/blog/"},
		{"else.example", "/blog/", "rest_route=/a", "/blog/"},
		{"shop.example", "/blog/", "rest_route=/a&rest_route=/b", ""},
		{"shop.example", "/blog/wp-json/a", "rest_route=/b", ""},
		{"shop.example", "/blog/", "rest_route=a", ""},
		{"shop.example", "/blog/", "rest_route=%zz", ""},
	} {
		got, err := m.RulePath(c.host, c.path, c.query)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s%s?%s: got %q, %v, want %q", c.host, c.path, c.query, got, err, c.want)
		}
	}
}
