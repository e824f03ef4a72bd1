package dialect

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

func TestRESTRoute(t *testing.T) {
	root, blog := Mount{}, Mount{Prefix: "/blog/wp-json"}
	for _, c := range []struct {
		mount  Mount
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
		got, ok := c.mount.RESTRoute(httptest.NewRequest("GET", c.target, nil))
		if ok != c.ok || ok && got != c.want {
			t.Errorf("RESTRoute(%s) at %q = %q, %v; want %q, %v", c.target, c.mount.Base(), got, ok, c.want, c.ok)
		}
	}
}

func TestMux_hosts(t *testing.T) {
	say := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(text)) })
	}
	mux := Mux([]Endpoint{
		{Path: "/x", Handler: say("any")},
		{Path: "/x", Host: "a.example", Handler: say("a")},
		{Path: "/y", Method: "POST", Handler: say("post")},
	}, say("next"))
	for _, c := range []struct{ method, url, want string }{
		{"GET", "http://a.example/x", "a"},
		{"GET", "http://A.example:8080/x", "a"},
		{"GET", "http://b.example/x", "any"},
		{"GET", "http://a.example/x/", "next"},
		{"GET", "http://a.example/y", "next"},
		{"POST", "http://a.example/y", "post"},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(c.method, c.url, nil))
		if got := w.Body.String(); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.method, c.url, got, c.want)
		}
	}
}

func TestMountKeys(t *testing.T) {
	strong := api.Secret("0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	for name, c := range map[string]struct {
		mount     Mount
		count     int
		weak, bad bool
	}{
		"none":                   {Mount{}, 0, false, false},
		"strong":                 {Mount{Secret: strong}, 1, false, false},
		"HS512":                  {Mount{Secret: strong, Algorithm: "HS512"}, 1, false, false},
		"short":                  {Mount{Secret: "short"}, 1, true, true},
		"too short for HS512":    {Mount{Secret: strong[:40], Algorithm: "HS512"}, 1, true, true},
		"algorithm of no secret": {Mount{Secret: strong, Algorithm: "RS256"}, 1, false, true},
		"unknown algorithm":      {Mount{Secret: strong, Algorithm: "none"}, 1, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := c.mount.Keys()
			_, weak := errors.AsType[*keys.WeakSecretError](err)
			if len(list) != c.count || weak != c.weak || (err != nil) != c.bad {
				t.Fatalf("got %d keys, %v", len(list), err)
			}
			if c.bad && (list[0].CanSign() || list[0].Public != nil) {
				t.Error("a secret that is refused must not sign or verify")
			}
		})
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

func TestSelected(t *testing.T) {
	body := RESTEnvelope(Refusal{Status: 403, Code: "c", Message: "m", Data: api.NewClaims(api.Claim{Name: "reason", Value: "r"})})
	for query, want := range map[string]string{
		"":                             `{"code":"c","message":"m","data":{"status":403,"reason":"r"}}`,
		"_fields=":                     `{"code":"c","message":"m","data":{"status":403,"reason":"r"}}`,
		"_fields=data,code":            `{"code":"c","data":{"status":403,"reason":"r"}}`,
		"_fields=data.reason,%20code":  `{"code":"c","data":{"reason":"r"}}`,
		"_fields=nothing":              `{}`,
		"_fields=data.reason,data":     `{"data":{"status":403,"reason":"r"}}`,
		"_fields=code.deeper.than.all": `{"code":"c"}`,
	} {
		r := httptest.NewRequest("GET", "/?"+query, nil)
		got, err := json.Marshal(selected(r, body))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v; want %s", query, got, err, want)
		}
	}
}

func TestIsEmail(t *testing.T) {
	for text, want := range map[string]bool{
		"admin@example.test": true, "a.b+c@x-y.example": true, "a@b.co": true,
		"john.o-neil@corp": false, "@example.test": false, "a@b.c": false, "a@-x.example": false,
		"a@x..example": false, "ä@example.test": false, "a b@example.test": false, "a@b@example.test": false, "": false,
	} {
		if got := isEmail(text); got != want {
			t.Errorf("isEmail(%q) = %v, want %v", text, got, want)
		}
	}
}
