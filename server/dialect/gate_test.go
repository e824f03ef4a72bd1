package dialect_test

import (
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/server/dialect"
)

func TestMount_Governs(t *testing.T) {
	m := dialect.Mount{Prefix: "/blog/wp-json", Host: "shop.example"}
	for target, want := range map[string]bool{
		"http://shop.example/blog/wp-json/wp/v2/posts":           true,
		"http://shop.example:8080/blog/wp-json":                  true,
		"http://shop.example/blog/index.php/wp-json/wp/v2/posts": true,
		"http://shop.example/blog/?rest_route=/wp/v2/posts":      true,
		"http://shop.example/blog/":                              false,
		"http://shop.example/wp-json/wp/v2/posts":                false,
		"http://else.example/blog/wp-json/wp/v2/posts":           false,
	} {
		if got := m.Governs(httptest.NewRequest("GET", target, nil)); got != want {
			t.Errorf("%s: got %v, want %v", target, got, want)
		}
	}
}
