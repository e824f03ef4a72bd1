package gateway

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// TestStrip_has tests for each kind of header whether a client may send it, with and
// without forwarding.
func TestStrip_has(t *testing.T) {
	r := httptest.NewRequest("GET", "/x", nil)
	near := httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}} // its peer
	s, err := newStripper(nil, map[string][]string{"app": {"x-user", "X-Real-IP"}, "other": {"remote-user"}}, 2, near)
	if err != nil {
		t.Fatal(err)
	}
	only, err := newStripper(nil, map[string][]string{"app": {"x-user"}}, 1, near)
	if err != nil {
		t.Fatal(err)
	}
	s.forward["own"] = []string{"X-Auth-User"} // impossible in a configuration
	for _, tc := range []struct {
		name                     string
		app, other, own, unnamed bool // removed, by upstream
	}{
		{"", true, true, true, true}, {"X-Plain", false, false, false, false}, {"X-User", false, true, true, false}, {"x-user", true, true, true, true}, {"X_User", true, true, true, true},
		{"X-Real-Ip", false, true, true, true}, {"Remote-User", true, false, true, true}, {"X-Auth-User", true, true, true, true}, {"X-Cardea-A", true, true, true, true},
		{"Content-Type", false, false, false, false}, {"Content_Type", true, true, true, true}, {"X.Csrf.Token", true, true, true, true}, {"X-Csrf-Token", false, false, false, false}, {"X_Plain", true, true, true, true}, {"X.Plain", true, true, true, true}, {"$Plain", true, true, true, true}, {"X-Pl\u00e4in", true, true, true, true},
		{"SCRIPT_NAME", true, true, true, true}, {"Script-Name", true, true, true, true},
		{"X-Forwarded-For", true, true, true, true}, {"Proxy", true, true, true, true},
	} {
		for upstream, want := range map[string]bool{"app": tc.app, "other": tc.other, "own": tc.own} {
			if got := s.clientHeaders(r, &route.Rule{Upstream: upstream}).has(tc.name); got != want {
				t.Errorf("%q at %s is taken out: %v, want %v", tc.name, upstream, got, want)
			}
		}
		if got := only.clientHeaders(r, &route.Rule{}).has(tc.name); got != tc.unnamed {
			t.Errorf("%q at the only one is taken out: %v, want %v", tc.name, got, tc.unnamed)
		}
	}
	if _, err := newStripper(nil, map[string][]string{"app": {"host"}}, 1, near); err == nil {
		t.Error("the host can be passed on")
	}
}

// TestNamedMethods finds methods in parameters with any separator.
func TestNamedMethods(t *testing.T) {
	for query, want := range map[string]string{
		"_method=put": "PUT", "a=b&_method=put": "PUT", "a;_method=put;b": "PUT", "%5fmethod=put": "PUT", "_method[]=put": "PUT", "_method=+put+": "PUT", "_method=a&_method=b": "A B", "_method": "", "xmethod=a": "", "a=_method": "",
		"_method=%zz&_method=c": "%ZZ C", "%zz_method=a": "", ".method=x": "X",
	} {
		if got := strings.Join(namedMethods(query), " "); got != want {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
	for query, want := range map[string]bool{"a=b": false, "_method=x": true, "%5Fmethod": true, "%": true, "method": true} {
		if mayName(query) != want {
			t.Errorf("%q may name one: want %v", query, want)
		}
	}
}
