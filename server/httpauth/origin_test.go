package httpauth_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// TestAttemptFrom_scheme: the scheme is the connection's, unless a trusted proxy states
// the client's exactly once.
func TestAttemptFrom_scheme(t *testing.T) {
	trust := httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, c := range []struct {
		remote string
		tls    bool
		proto  []string
		want   string
	}{
		{"192.0.2.1:1", false, nil, "http"}, {"192.0.2.1:1", true, nil, "https"},
		{"192.0.2.1:1", false, []string{"https"}, "http"}, {"192.0.2.1:1", true, []string{"http"}, "https"},
		{"10.0.0.1:1", false, nil, "http"}, {"10.0.0.1:1", true, nil, "https"},
		{"10.0.0.1:1", false, []string{"https"}, "https"}, {"10.0.0.1:1", true, []string{"http"}, "http"},
		{"10.0.0.1:1", false, []string{"HTTPS"}, "http"}, {"10.0.0.1:1", false, []string{"https, http"}, "http"},
		{"10.0.0.1:1", false, []string{"https", "http"}, "http"}, {"10.0.0.1:1", false, []string{""}, "http"}, {"10.0.0.1:1", false, []string{"ws"}, "http"},
		{"11.0.0.1:1", false, []string{"https"}, "http"}, {"@", false, []string{"https"}, "http"}, {"@", true, nil, "https"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.TLS = c.remote, nil
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		if c.proto != nil {
			r.Header["X-Forwarded-Proto"] = c.proto
		}
		a, err := httpauth.AttemptFrom(r, trust)
		if err != nil || a.Scheme != c.want || a.TLS != c.tls {
			t.Errorf("%s, TLS %v, %q: scheme %s, TLS %v, %v; want %s", c.remote, c.tls, c.proto, a.Scheme, a.TLS, err, c.want)
		}
		if a, _ := httpauth.AttemptFrom(r, httpauth.Trust{}); a.Scheme != map[bool]string{true: "https", false: "http"}[c.tls] {
			t.Errorf("%s, %q: nobody is trusted, and the scheme is %s", c.remote, c.proto, a.Scheme)
		}
	}
}

// TestTrust_Trusts tests which peers may state the client.
func TestTrust_Trusts(t *testing.T) {
	trust := httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}}
	for remote, want := range map[string]bool{
		"10.0.0.1:1": true, "10.255.255.255:1": true, "11.0.0.0:1": false, "9.255.255.255:1": false, "[::ffff:10.0.0.1]:1": true,
		"[2001:db8::1]:1": true, "[2001:db9::1]:1": false, "@": true, "": true, "127.0.0.1:1": false,
		// as written by middleware that replaces the peer with a header
		"203.0.113.9": false, "10.0.0.1": true, "2001:db9::1": false, "2001:db8::1": true, "[2001:db9::1]": false, "unknown": false, "203.0.113.9:x": false, "fe80::1%eth0": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		if got := trust.Trusts(r); got != want {
			t.Errorf("%q: %v, want %v", remote, got, want)
		}
	}
}

// TestTrust_unixSocket: the local address tells whether a peer without an address uses a
// unix socket.
func TestTrust_unixSocket(t *testing.T) {
	for _, c := range []struct {
		local  net.Addr
		remote string
		want   bool
	}{
		{&net.UnixAddr{Name: "s", Net: "unix"}, "", true}, {&net.UnixAddr{Name: "s", Net: "unix"}, "@", true},
		{&net.TCPAddr{}, "", false}, {&net.TCPAddr{}, "@", false}, {&net.UnixAddr{Name: "s", Net: "unix"}, "203.0.113.9", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, c.local))
		r.RemoteAddr = c.remote
		if got := (httpauth.Trust{}).Trusts(r); got != c.want {
			t.Errorf("%v, %q: %v, want %v", c.local.Network(), c.remote, got, c.want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "203.0.113.9"
	if got := (httpauth.Trust{}).Peer(r); got != netip.MustParseAddr("203.0.113.9") {
		t.Errorf("an address without a port: the peer is %v", got)
	}
}

// TestTrust_walk: X-Forwarded-For is read from its end as long as the addresses are
// proxies.
func TestTrust_walk(t *testing.T) {
	trust := httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, c := range []struct {
		fields []string
		want   string
	}{
		{nil, "10.0.0.1"},
		{[]string{""}, "10.0.0.1"},
		{[]string{"10.0.0.2"}, "10.0.0.2"},
		{[]string{"203.0.113.1, 10.0.0.2"}, "203.0.113.1"},
		{[]string{"203.0.113.1", "10.0.0.2"}, "203.0.113.1"},
		{[]string{"203.0.113.1", "198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		{[]string{"203.0.113.1,198.51.100.1"}, "198.51.100.1"},
		{[]string{"203.0.113.1", "fe80::1%eth0"}, "10.0.0.1"},
		{[]string{"203.0.113.1", "unknown"}, "10.0.0.1"},
		{[]string{"203.0.113.1, , 10.0.0.3"}, "10.0.0.3"},
		{[]string{"203.0.113.1:80"}, "10.0.0.1"},
		{[]string{"::ffff:203.0.113.9"}, "203.0.113.9"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "10.0.0.1:1"
		if c.fields != nil {
			r.Header["X-Forwarded-For"] = c.fields
		}
		if got := trust.Peer(r).String(); got != c.want {
			t.Errorf("%q: %s, want %s", c.fields, got, c.want)
		}
	}
}

// TestRefuser_headers tests the headers that each status requires (RFC 9110 sections
// 10.2.1, 10.2.3, 11.6.1).
func TestRefuser_headers(t *testing.T) {
	for _, c := range []struct {
		err    *api.Error
		status int
		header string
		want   string
	}{
		{api.E(api.Denied, api.ReasonMethodNotAllowed, "x"), 405, "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"},
		{api.E(api.Unauthenticated, api.ReasonNoCredential, "x"), 401, "Www-Authenticate", "Bearer"},
		{&api.Error{Code: api.Throttled, Reason: "r", RetryAfter: 1}, 429, "Retry-After", "1"},
		{&api.Error{Code: api.Throttled, Reason: "r", RetryAfter: 1e9}, 429, "Retry-After", "1"},
		{&api.Error{Code: api.Throttled, Reason: "r", RetryAfter: 1e9 + 1}, 429, "Retry-After", "2"},
		{&api.Error{Code: api.Unavailable, Reason: "r"}, 503, "Retry-After", "1"},
		{api.E(api.Invalid, httpauth.ReasonManyHeaders, "x"), 431, "", ""},
		{api.E(api.Invalid, "r", "x"), 400, "", ""}, {api.E(api.Denied, "r", "x"), 403, "", ""}, {api.E(api.NotFound, "r", "x"), 404, "", ""},
		{api.E(api.Conflict, "r", "x"), 409, "", ""}, {api.E(api.Internal, "r", "x"), 500, "", ""}, {&api.Error{Code: "odd", Reason: "r"}, 500, "", ""},
	} {
		w := httptest.NewRecorder()
		httpauth.Refuser{}.Refuse(t.Context(), w, core.Decision{Err: c.err, Challenge: []string{"Bearer"}}, nil)
		if w.Code != c.status || w.Header().Get(c.header) != c.want {
			t.Errorf("%v: status %d, %s %q; want %d, %q", c.err, w.Code, c.header, w.Header().Get(c.header), c.status, c.want)
		}
		for _, other := range []string{"Allow", "Www-Authenticate", "Retry-After"} {
			if other != c.header && w.Header().Get(other) != "" {
				t.Errorf("%v: it has %s too", c.err, other)
			}
		}
		if w.Header().Get("Content-Type") == "" || w.Code == http.StatusOK {
			t.Errorf("%v: headers %v", c.err, w.Header())
		}
	}
}
