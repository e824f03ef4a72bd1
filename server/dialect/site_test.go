package dialect

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

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

func TestCommon_Keys(t *testing.T) {
	strong := api.Secret("0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	for name, c := range map[string]struct {
		common    Common
		count     int
		weak, bad bool
	}{
		"none":                   {Common{}, 0, false, false},
		"strong":                 {Common{Secret: strong}, 1, false, false},
		"HS512":                  {Common{Secret: strong, Algorithm: "HS512"}, 1, false, false},
		"short":                  {Common{Secret: "short"}, 1, true, true},
		"too short for HS512":    {Common{Secret: strong[:40], Algorithm: "HS512"}, 1, true, true},
		"algorithm of no secret": {Common{Secret: strong, Algorithm: "RS256"}, 1, false, true},
		"unknown algorithm":      {Common{Secret: strong, Algorithm: "none"}, 1, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := c.common.Keys("site")
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
