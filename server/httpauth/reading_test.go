package httpauth

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestTarget_forms tests the path of each form of request target, and forms without one.
func TestTarget_forms(t *testing.T) {
	for target, want := range map[string]string{
		"/a?b": "/a?b", "/": "/", "http://h/a": "/a", "HTTPS://h/a?b": "/a?b", "https://h": "/", "http://h?x": "/?x", "http://h#x": "error", "http://h\\x": "error",
		"http://": "error", "http:///a": "error", "http://other/a": "error", "ftp://h/a": "error", "h/a": "error", "*": "error", "a": "error", "http:/h/a": "error", "://h/a": "error",
	} {
		got, err := Target(&http.Request{RequestURI: target, Host: "h"})
		if err != nil {
			got = "error"
		}
		if want == "error" && err == nil && !strings.HasPrefix(got, "/") {
			want = got // an invalid path, which is detected later
		}
		if got != want {
			t.Errorf("%s: got %s, %v, want %s", target, got, err, want)
		}
	}
	if got, err := Target(httptest.NewRequest("GET", "/a?b", nil)); got != "/a?b" || err != nil {
		t.Errorf("Target: got %s, %v; want /a?b", got, err)
	}
	r := httptest.NewRequest("GET", "http://example.com/c?d", nil)
	r.RequestURI = ""
	if got, err := Target(r); got != "/c?d" || err != nil {
		t.Errorf("of a request that no server has read: %s, %v", got, err)
	}
	if _, err := Target(&http.Request{RequestURI: "http:///a"}); err == nil {
		t.Error("without any host")
	}
}

// TestKeepPrivate_rules tests for which rules and headers a response becomes private.
func TestKeepPrivate_rules(t *testing.T) {
	public, forwarded := &route.Rule{Access: route.Public}, &route.Rule{Access: route.Public, ForwardCredential: true}
	for _, tc := range []struct {
		rule    *route.Rule
		carrier string
		sent    string // header
		vary    string
	}{
		{nil, "", "X-Api-Key", "X-Api-Key"}, {&route.Rule{}, "", "X-Api-Key", "X-Api-Key"}, {public, "", "X-Api-Key", ""}, {forwarded, "", "X-Api-Key", "X-Api-Key"},
		{nil, "X-Token", "X-Token", "X-Token"}, {nil, "X-Token", "X-Other", ""}, {nil, "Authorization", "Authorization", ""}, {nil, "", "", ""}, {nil, "X-Api-Key", "X-Api-Key", "X-Api-Key"},
	} {
		a := &api.Attempt{Header: api.Header{tc.sent: {"x"}}, Credential: api.Credential{Header: tc.carrier}}
		h := http.Header{}
		KeepPrivate(h, a, tc.rule)
		if got := strings.Join(h["Vary"], " "); got != tc.vary || (h.Get("Cache-Control") == "private") != (tc.vary != "") {
			t.Errorf("%+v: got headers %v, want Vary %q", tc, h, tc.vary)
		}
		for _, name := range []string{"Cache-Control", "Expires", "Pragma"} {
			h := http.Header{name: {"x"}}
			if KeepPrivate(h, a, tc.rule); h.Get(name) != "x" || name != "Cache-Control" && h.Get("Cache-Control") != "" {
				t.Errorf("%+v: %s became %v", tc, name, h)
			}
		}
	}
}

// TestTrust_origin tests which clients a proxy may state, by scheme and address.
func TestTrust_origin(t *testing.T) {
	trusted := Trust{[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, tc := range []struct {
		trust             Trust
		remote, xff, xfp  string
		wantPeer, wantURL string
	}{
		{trusted, "10.1.1.1:5", "192.0.2.1", "https", "192.0.2.1", "https"}, {trusted, "192.0.2.9:5", "192.0.2.1", "https", "192.0.2.9", "http"}, {Trust{}, "10.1.1.1:5", "192.0.2.1", "https", "10.1.1.1", "http"},
		{trusted, "[::ffff:10.1.1.1]:5", "192.0.2.1", "ftp", "192.0.2.1", "http"}, {trusted, "10.1.1.1:5", "", "", "10.1.1.1", "http"}, {trusted, "@", "192.0.2.1", "https", "invalid IP", "http"},
		{trusted, "10.1.1.1:5", "192.0.2.1, 10.2.2.2", "http", "192.0.2.1", "http"}, {trusted, "10.1.1.1:5", "x, 10.2.2.2", "", "10.2.2.2", "http"}, {trusted, "10.1.1.1:5", "fe80::1%eth0", "", "10.1.1.1", "http"},
	} {
		r := &http.Request{RemoteAddr: tc.remote, Header: http.Header{}}
		if tc.xff != "" {
			r.Header.Set("X-Forwarded-For", tc.xff)
		}
		if tc.xfp != "" {
			r.Header.Set("X-Forwarded-Proto", tc.xfp)
		}
		if peer, scheme := tc.trust.origin(r); peer.String() != tc.wantPeer || scheme != tc.wantURL {
			t.Errorf("%+v: origin: got %v, %s; want String %v and %s", tc, peer, scheme, tc.wantPeer, tc.wantURL)
		}
	}
}
