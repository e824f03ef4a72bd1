package dialect_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

func TestMount_Governs(t *testing.T) {
	m := dialect.Mount{Prefix: "/blog/wp-json", Host: "shop.example"}
	for target, want := range map[string]bool{
		"http://shop.example/blog/wp-json/wp/v2/posts":           true,
		"http://shop.example:8080/blog/wp-json":                  true,
		"http://shop.example/blog/index.php/wp-json/wp/v2/posts": true,
		"http://shop.example/blog/?rest_route=/wp/v2/posts":      true,
		"http://shop.example/blog/wp-js%6fn/wp/v2/posts":         true, // as the gateway reads it
		"http://shop.example/blog/wp-json//wp/v2/posts":          true, // the gateway does not read it
		"http://shop.example/blog/":                              false,
		"http://shop.example/wp-json/wp/v2/posts":                false,
		"http://else.example/blog/wp-json/wp/v2/posts":           false,
	} {
		r := httptest.NewRequest("GET", target, nil)
		if got := m.Governs(r.Host, r.URL); got != want {
			t.Errorf("%s: got %v, want %v", target, got, want)
		}
		if got := m.GovernsAttempt(&api.Attempt{Host: r.Host, RawTarget: r.URL.RequestURI()}); got != want {
			t.Errorf("%s as an attempt: got %v, want %v", target, got, want)
		}
	}
}

// picky is a dialect with its own header syntax and kind of credential.
type picky struct{ dialect.Dialect }

func (picky) ReadBearer(value string) (string, bool) { return strings.CutPrefix(value, "Token ") }

func (picky) Chooses(kind api.Kind) bool { return kind == api.Bearer }

// plain is a dialect without either.
type plain struct{ dialect.Dialect }

func TestMount_Bearer(t *testing.T) {
	m := dialect.Mount{Host: "shop.example"}
	for _, c := range []struct {
		d                 dialect.Dialect
		host, path, value string
		text              string
		how               core.Reading
	}{
		{picky{}, "shop.example", "/wp-json/x", "Token abc", "abc", core.ReadBearer},
		{picky{}, "shop.example", "/wp-json/x", "bearer abc", "", core.ReadNothing},
		{picky{}, "shop.example", "/page", "Token abc", "", core.ReadStrictly},
		{picky{}, "else.example", "/wp-json/x", "Token abc", "", core.ReadStrictly},
		{plain{}, "shop.example", "/wp-json/x", "Token abc", "", core.ReadStrictly},
	} {
		text, how := m.Bearer(c.d)(&api.Attempt{Method: "GET", Host: c.host, Path: c.path}, c.value)
		if text != c.text || how != c.how {
			t.Errorf("%s%s %q: got %q, %v; want %q, %v", c.host, c.path, c.value, text, how, c.text, c.how)
		}
	}
}

// shop is a dialect that checks credentials only on its own routes.
type shop struct {
	dialect.Dialect
	m dialect.Mount
}

func (s shop) Watches(a *api.Attempt) bool { return s.m.Covers(a, "/shop") }

func TestMount_IgnoreBadCredential(t *testing.T) {
	for _, c := range []struct {
		says, host, path, query string
		ignored, ok             bool
	}{
		{"", "shop.example", "/blog/wp-json/shop/cart", "", false, true},
		{"", "shop.example:81", "/blog/wp-json/shop", "", false, true},
		{"", "shop.example", "/blog/", "rest_route=/shop/cart", false, true},
		{"", "shop.example", "/blog/wp-json/shopping", "", true, true},
		{"plugin", "shop.example", "/blog/hello", "", true, true},
		{"deny", "shop.example", "/blog/hello", "", false, true},
		{"anonymous", "shop.example", "/blog/wp-json/shop/cart", "", true, true},
		{"anonymous", "shop.example", "/blog", "", true, true},
		{"anonymous", "shop.example", "/blogger", "", false, false},
		{"anonymous", "else.example", "/blog/", "", false, false},
	} {
		m := dialect.Mount{Prefix: "/blog/wp-json", Host: "shop.example"}
		a := &api.Attempt{Method: "GET", Host: c.host, Path: c.path, Query: c.query}
		if ignored, ok := m.IgnoreBadCredential(shop{m: m}, c.says)(a); ignored != c.ignored || ok != c.ok {
			t.Errorf("%q at %s%s: got %v, %v; want %v, %v", c.says, c.host, c.path, ignored, ok, c.ignored, c.ok)
		}
	}
	m := dialect.Mount{}
	if ignored, _ := m.IgnoreBadCredential(plain{}, "")(&api.Attempt{Method: "GET", Path: "/hello"}); ignored {
		t.Error("a dialect that does not say where it looks overlooks a bad token")
	}
}

func TestMount_Accepts(t *testing.T) {
	m := dialect.Mount{Host: "shop.example"}
	if m.Accepts(plain{}) != nil {
		t.Error("a dialect without a choice has an opinion")
	}
	accepts := m.Accepts(picky{})
	for path, want := range map[string]bool{"/wp-json/x": false, "/page": true} {
		a := &api.Attempt{Method: "GET", Host: "shop.example", Path: path, Credential: api.Credential{Kind: api.Basic}}
		if got := accepts(a); got != want {
			t.Errorf("Basic at %s: got %v, want %v", path, got, want)
		}
		a.Credential.Kind = api.Bearer
		if !accepts(a) {
			t.Errorf("Bearer at %s: refused", path)
		}
	}
}
