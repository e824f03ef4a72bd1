package wordpress

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

func TestAPI_Route(t *testing.T) {
	root, blog := API{Base: "/wp-json"}, API{Base: "/blog/wp-json"}
	for _, c := range []struct {
		at     API
		target string
		want   string
		ok     bool
	}{
		{root, "/wp-json", "", true},
		{root, "/wp-json/a/v1", "/a/v1", true},
		{root, "/wp-json//a/v1", "//a/v1", true},
		{root, "/wp-json/a%2fv1", "/a%2fv1", true},
		{root, "/wp-json/a/toke%6e", "/a/token", true},
		{root, "/wp-js%6fn/a", "/a", true},
		{root, "/?rest.route=/a/v1", "/a/v1", true},
		{root, "/?%20rest_route=/a/v1", "/a/v1", true},
		{root, "/?rest%5broute=/a/v1", "/a/v1", true},
		{root, "/index.php?rest+route=/a/v1", "/a/v1", true},
		{root, "/wp-json?rest_route=/a/v1", "/a/v1", true},
		{root, "/wp-json/?rest_route=/a/v1", "/a/v1", true},
		{root, "/wp-json/b?rest_route=/a/v1", "/a/v1", true},
		{root, "/wp-jsonx/a", "", false},
		{root, "/WP-JSON/a", "/a", false},
		{root, "/index.php/wp-json/a", "/a", true},
		{root, "/?rest_route=/a/v1", "/a/v1", true},
		{root, "/index.php?x=1&rest_route=%2Fa%2Fv1", "/a/v1", true},
		{root, "/?rest_route=a/v1", "", false},
		{root, "/?rest_route=/a&rest_route=/b", "", false},
		{root, "/other?rest_route=/a", "", false},
		{blog, "/blog/wp-json/a", "/a", true},
		{blog, "/blog/?rest_route=/a", "/a", true},
		{blog, "/blog/index.php/wp-json/a", "/a", true},
		{blog, "/?rest_route=/a", "", false},
		{blog, "/wp-json/a", "", false},
	} {
		got, ok := c.at.Route(httptest.NewRequest("GET", c.target, nil).URL)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("Route(%s) at %q = %q, %v; want %q, %v", c.target, c.at.Base, got, ok, c.want, c.ok)
		}
	}
}

func TestPHPJSON(t *testing.T) {
	v := api.NewClaims(api.Claim{Name: "a/ü", Value: "<b>\"x\" & 'y'\u2028🔑\x01\b\\/</b>"}, api.Claim{Name: "n", Value: []any{int64(1), true, nil}})
	got, err := phpJSON(v)
	want := `{"a\/\u00fc":"<b>\"x\" & 'y'\u2028\ud83d\udd11\u0001\b\\\/<\/b>","n":[1,true,null]}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

// TestSelected: the answers are those of WordPress's rest_filter_response_fields.
func TestSelected(t *testing.T) {
	const whole = `{"code":"c","message":"m","data":{"status":403,"reason":"r","list":[{"a":1,"b":2},{"a":3},{"b":4}]},"empty":[]}`
	members := func(pairs ...any) api.Claims {
		var list []api.Claim
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, api.Claim{Name: pairs[i].(string), Value: pairs[i+1]})
		}
		return api.NewClaims(list...)
	}
	body := members("code", "c", "message", "m", "data", members(
		"status", 403, "reason", "r", "list", []any{members("a", 1, "b", 2), members("a", 3), members("b", 4)}), "empty", []any{})
	for query, want := range map[string]string{
		"":                                    whole,
		"_fields=":                            whole,
		"_fields=,":                           whole,
		"_fields=data,code":                   `{"code":"c","data":{"status":403,"reason":"r","list":[{"a":1,"b":2},{"a":3},{"b":4}]}}`,
		"_fields=data.reason,%20code":         `{"code":"c","data":{"reason":"r"}}`,
		"_fields=data.reason+code":            `{"code":"c","data":{"reason":"r"}}`,
		"_fields=data.reason%0Acode":          `{"code":"c","data":{"reason":"r"}}`,
		"_fields=nothing":                     `[]`,
		"_fields=data.nothing":                `{"data":[]}`,
		"_fields=data.reason,data":            `{"data":{"status":403,"reason":"r","list":[{"a":1,"b":2},{"a":3},{"b":4}]}}`,
		"_fields=data,data.reason,code":       `{"data":{"status":403,"reason":"r","list":[{"a":1,"b":2},{"a":3},{"b":4}]}}`,
		"_fields=code.deeper.than.all":        `{"code":"c"}`,
		"_fields=data.list":                   `{"data":{"list":[{"a":1,"b":2},{"a":3},{"b":4}]}}`,
		"_fields=data.list.a":                 `{"data":{"list":[]}}`,
		"_fields=data.list.0":                 `{"data":{"list":[{"a":1,"b":2}]}}`,
		"_fields=data.list.1":                 `{"data":{"list":{"1":{"a":3}}}}`,
		"_fields=data.list.1,data.list.0.b":   `{"data":{"list":[{"b":2},{"a":3}]}}`,
		"_fields=data.list.0.a,data.list.1.a": `{"data":{"list":[{"a":1},{"a":3}]}}`,
		"_fields=data.list.00":                `{"data":{"list":[]}}`,
		"_fields[]=code":                      `{"code":"c"}`,
		"_fields[]=code&_fields[]=message":    `{"code":"c","message":"m"}`,
		"_fields[]=code,message":              `[]`,
		"_fields[]=":                          `[]`,
		"_fields[]=+code+":                    `{"code":"c"}`,
		"_fields[x]=code":                     `{"code":"c"}`,
		"_fields=Code":                        `[]`,
		"_fields=.":                           `[]`,
		"_fields=data.":                       `{"data":[]}`,
		"_fields=.data,code":                  `{"code":"c"}`,
		"_fields=empty":                       `{"empty":[]}`,
		"_fields=empty.x":                     `{"empty":[]}`,
		"_fields=code&_fields=message":        `{"message":"m"}`,
		"_fields=code%00":                     `{"code":"c"}`,
	} {
		r := httptest.NewRequest("GET", "/?"+query, nil)
		got, err := json.Marshal(selected(r, body))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v; want %s", query, got, err, want)
		}
	}
}

// TestSite_Send: the status is the caller's.
func TestSite_Send(t *testing.T) {
	for status, value := range map[int]any{200: "x", 201: []any{"x"}, 403: api.NewClaims(api.Claim{Name: "code", Value: "no"})} {
		w := httptest.NewRecorder()
		new(Site).Send(w, httptest.NewRequest("GET", "/wp-json/a", nil), status, value)
		if w.Code != status || w.Header().Get("Cache-Control") != "no-store" || w.Body.Len() == 0 {
			t.Errorf("status %d: got %d, %v, %s; want no-store and a body", status, w.Code, w.Header(), w.Body)
		}
	}
}

// TestSite_URL: the path of the site is in its URLs once, whether or not the issuer has it.
func TestSite_URL(t *testing.T) {
	for _, tc := range []struct{ issuer, base, page, api string }{
		{"https://shop.example", "/wp-json", "https://shop.example/wp-login.php", "https://shop.example/wp-json/"},
		{"https://shop.example/blog", "/blog/wp-json", "https://shop.example/blog/wp-login.php", "https://shop.example/blog/wp-json/"},
		{"https://shop.example", "/blog/wp-json", "https://shop.example/blog/wp-login.php", "https://shop.example/blog/wp-json/"},
		{"https://shop.example/a/blog", "/a/blog/api", "https://shop.example/a/blog/wp-login.php", "https://shop.example/a/blog/api/"},
		{"https://blog", "/blog/wp-json", "https://blog/blog/wp-login.php", "https://blog/blog/wp-json/"},
		{"https://shop.example/myblog", "/blog/wp-json", "https://shop.example/myblog/blog/wp-login.php", "https://shop.example/myblog/blog/wp-json/"},
	} {
		s := &Site{Issuer: tc.issuer, API: API{Base: tc.base}}
		if page, api := s.URL("/wp-login.php"), s.restURL("/"); page != tc.page || api != tc.api {
			t.Errorf("%s at %s: got %s and %s, want %s and %s", tc.issuer, tc.base, page, api, tc.page, tc.api)
		}
	}
}
