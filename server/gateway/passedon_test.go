package gateway

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// TestServe_passedOn: a credential of the application is forwarded to it with empty
// identity headers; refusals by the application count against the client.
func TestServe_passedOn(t *testing.T) {
	const woo = "Basic Y2tfMDpjc18x" // ck_0:cs_1
	var seen http.Header
	status := http.StatusOK
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		w.WriteHeader(status)
	}))
	defer upstream.Close()
	rules := []route.Rule{{Name: "both", Path: "/both/**", PassAuthorization: true}, {Name: "open", Path: "/open/**", Access: route.Public}, {Name: "maybe", Path: "/maybe/**", Access: route.Optional}, {Name: "rest", Path: "/**"}}
	g := &testGateway{addr: serve(t, newEngine(t, rules...), upstream.URL, nil)}
	for _, tc := range []struct {
		target, line string
		status       int
		passed       string
	}{
		{"/open/x", "Authorization: " + woo, 200, woo},
		{"/maybe/x", "Authorization: " + woo, 200, woo},
		{"/maybe/x", "Authorization: OAuth a=\"b\"", 200, "OAuth a=\"b\""},
		{"/maybe/x", "authorization: Digest a", 200, "Digest a"},
		{"/x", "Authorization: " + woo, 401, ""},
		{"/open/x", valid, 200, ""},
		{"/maybe/x", valid, 200, ""},
		{"/maybe/x", "Authorization: Bearer bad", 401, ""},
		{"/both/x", "Authorization: " + woo + "\r\nX-Api-Key: valid", 200, woo},
		{"/both/x", "Authorization: " + woo, 401, ""},
		{"/open/x", "X_Authorization: " + woo, 200, ""},
		{"/open/x", "Authorization: " + woo + "\r\nX-Api-Key: k", 200, ""},
	} {
		seen = http.Header{}
		a := g.get(t, tc.target, tc.line, "X-Auth-User: root")
		if a.status != tc.status || seen.Get("Authorization") != tc.passed || seen.Get("X-Api-Key") != "" || tc.passed != "" && tc.target != "/both/x" && (seen.Get(core.HeaderUser) != "" || len(seen.Values(core.HeaderUser)) != 1) {
			t.Errorf("%s with %q: got %d, the upstream saw %q of %q; want %d and %q", tc.target, tc.line, a.status, seen["Authorization"], seen.Values(core.HeaderUser), tc.status, tc.passed)
		}
	}
	status = http.StatusUnauthorized
	for range maxRefusals {
		if a := g.get(t, "/open/x", "Authorization: "+woo); a.status != 401 {
			t.Fatalf("got %d, want the upstream's 401", a.status)
		}
	}
	for line, want := range map[string]int{"Authorization: " + woo: 429, "X-Plain: x": 401} {
		if a := g.get(t, "/open/x", line); a.status != want || (want == 429) != (a.header.Get("Retry-After") != "") {
			t.Errorf("after %d refusals, %s: got %d %v, want %d", maxRefusals, line, a.status, a.header, want)
		}
	}
}

// TestServe_guesses: a credential that only the upstream checks counts as a failure if it
// refuses it, or if its response does not show whether it did.
func TestServe_guesses(t *testing.T) {
	const woo, theirs = "Authorization: Basic Y2tfMDpjc18x", "Authorization: Basic YTpi"
	rules := []route.Rule{
		{Name: "open", Path: "/wp-json/**", Access: route.Public}, {Name: "maybe", Path: "/maybe/**", Access: route.Optional},
		{Name: "forwards", Path: "/forwards/**", Access: route.Public, ForwardCredential: true},
		{Name: "ignores", Path: "/ignores/**", Access: route.Optional, ForwardCredential: true, OnBadToken: route.Anonymous},
	}
	for _, tc := range []struct {
		target, line string
		status       int // of the upstream
		counts       bool
	}{
		{"/wp-json/wc/v3/orders", woo, 401, true},
		{"/wp-json/wc/v3/orders", woo, 200, false},
		{"/wp-json/wc/v3/orders?_envelope", woo, 200, true},
		{"/wp-json/wc/v3/orders?_envelope=0", woo, 200, true},
		{"/wp-json/wc/v3/orders?a=b&%5Fenvelope=1", woo, 200, true},
		{"/wp-json/wc/v3/orders?.envelope[]=1", woo, 200, true},
		{"/wp-json/wc/v3/orders?_envelopes=1", woo, 200, false},
		{"/wp-json/wc/v3/orders?_envelope", "X-Plain: x", 200, false},
		{"/maybe/x", woo, 401, true},
		{"/forwards/x", theirs, 401, true},
		{"/forwards/x", "X-Api-Key: theirs", 401, false},
		{"/forwards/x", "Authorization: Bearer theirs", 401, false},
		{"/forwards/x", theirs, 200, false},
		{"/forwards/x", "X-Plain: x", 401, false},
		{"/ignores/x", theirs, 401, true},
		{"/ignores/x", valid, 401, false},
	} {
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(tc.status) }))
		g := &testGateway{addr: serve(t, newEngine(t, rules...), upstream.URL, func(c *Config) {
			c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}}
		})}
		last := 0
		for range maxRefusals + 1 {
			last = g.get(t, tc.target, tc.line).status
		}
		if (last == http.StatusTooManyRequests) != tc.counts {
			t.Errorf("%s with %q, which the upstream answers with %d: got %d at last, want it to count: %v", tc.target, tc.line, tc.status, last, tc.counts)
		}
		upstream.Close()
	}
}
