package httpauth_test

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

func TestAttemptFrom(t *testing.T) {
	many := http.Header{}
	for i := range 129 {
		many[string(rune('a'+i%26))+string(rune('a'+i/26))] = []string{"x"}
	}
	for _, c := range []struct {
		name, method, target, host string
		header                     http.Header
		want, reason               string
	}{
		{"origin form", "GET", "/a%20b?x=1", "h", nil, "/a%20b?x=1", ""},
		{"absolute form", "GET", "http://h/a", "h", nil, "/a", ""},
		{"absolute form without a path", "GET", "http://h?x", "h", nil, "/?x", ""},
		{"another host inside", "GET", "http://other/a", "h", nil, "", api.ReasonBadPath},
		{"user in the authority", "GET", "http://u@h/a", "h", nil, "", api.ReasonBadPath},
		{"another scheme", "GET", "ftp://h/a", "h", nil, "", api.ReasonBadPath},
		{"asterisk", "OPTIONS", "*", "h", nil, "", api.ReasonBadPath},
		{"CONNECT", "CONNECT", "/a", "h", nil, "", api.ReasonMethodNotAllowed},
		{"TRACE", "TRACE", "/a", "h", nil, "", api.ReasonMethodNotAllowed},
		{"many headers", "GET", "/a", "h", many, "", httpauth.ReasonManyHeaders},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Method, r.RequestURI, r.Host = c.method, c.target, c.host
		if c.header != nil {
			r.Header = c.header
		}
		a, err := httpauth.AttemptFrom(r, httpauth.Trust{})
		if a.RawTarget != c.want || api.ReasonOf(err) != c.reason {
			t.Errorf("%s: %q, %v; want %q, %q", c.name, a.RawTarget, err, c.want, c.reason)
		}
	}
}

func TestTrust_Peer(t *testing.T) {
	trust := httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:1", "198.51.100.7", "192.0.2.1"},
		{"10.0.0.1:1", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:1", "203.0.113.9, 198.51.100.7, 10.1.1.1", "198.51.100.7"},
		{"10.0.0.1:1", "198.51.100.7, junk", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:1", "198.51.100.7", "198.51.100.7"},
		{"@", "198.51.100.7", "invalid IP"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := trust.Peer(r).String(); got != c.want {
			t.Errorf("from %s for %s: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

// hook is an error-response hook.
type hook func(core.ErrorResponse) core.ErrorResponse

func (h hook) ErrorResponse(_ context.Context, r core.ErrorResponse) core.ErrorResponse { return h(r) }

func TestRefuser_unencodable(t *testing.T) {
	via := hook(func(r core.ErrorResponse) core.ErrorResponse {
		r.Fields = r.Fields.With("nan", math.NaN())
		return r
	})
	w := httptest.NewRecorder()
	httpauth.Refuser{Via: via}.Refuse(t.Context(), w, core.Decision{Err: api.E(api.Denied, api.ReasonRole, "no")}, nil)
	var got struct{ Code string }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 403 || got.Code != api.ReasonRole {
		t.Errorf("%d %s, %v; want the refusal as it was", w.Code, w.Body, err)
	}
}

// FuzzTarget: an accepted path is the one that net/http's handlers see, so that a guard's
// rules and the mux below it agree.
func FuzzTarget(f *testing.F) {
	for _, target := range []string{"/", "/a/b?c", "/a%20b", "/%61", "//a", "/a/../b", "/a%2fb", "http://h/a", "/a;b", "/%zz", "/ü", "*"} {
		f.Add(target)
	}
	f.Fuzz(func(t *testing.T, target string) {
		r, err := http.NewRequest("GET", "http://h/", nil)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.ParseRequestURI(target)
		if err != nil || target[0] != '/' {
			t.Skip() // net/http refuses it, or it is in absolute form
		}
		r.RequestURI, r.URL = target, u
		a, err := httpauth.AttemptFrom(r, httpauth.Trust{})
		if err != nil {
			return
		}
		path, _, err := route.Canonical(a.RawTarget)
		if err == nil && path != u.Path {
			t.Errorf("%q: rules see %q, handlers %q", target, path, u.Path)
		}
	})
}
