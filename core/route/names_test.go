package route

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

func TestNames(t *testing.T) {
	n := NewNames([]string{"X-Tenant", "sm_user", "x-ssl-*", ""}, []string{strings.Repeat("x", 200)})
	for name, want := range map[string]bool{
		"X-Tenant": true, "x_tenant": true, "X.TENANT": true, "X~tenant": true, "SM-USER": true, "SM_USER": true, "X-SSL-Cert": true, "X_SSL_": true,
		"X-Tenants": false, "X-Tenan": false, "X-SSL": false, "X-SSLCert": false, "": false, "X": false, "A-X-Tenant": false,
		"X-SSL-" + strings.Repeat("x", 300): true, strings.Repeat("x", 200): false,
	} {
		if got := n.Has(name); got != want {
			t.Errorf("Has(%.40q) = %v, want %v", name, got, want)
		}
	}
	var none *Names
	if none.Has("X") {
		t.Error("the empty set has a member")
	}
}

func TestNames_without(t *testing.T) {
	n := NewNames([]string{"X-Tenant"})
	clean := api.Header{"Accept": {"a"}}
	if got := n.Without(clean, nil); len(got) != 1 {
		t.Errorf("Without: got %v, want 1 entry", got)
	}
	sent := api.Header{"Accept": {"a"}, "X-Tenant": {"b"}, "x_tenant": {"c"}}
	if got := slices.Collect(maps.Keys(n.Without(sent, nil))); !slices.Equal(got, []string{"Accept"}) || len(sent) != 3 {
		t.Errorf("got %v of %v, want %v and 3 entries", got, sent, []string{"Accept"})
	}
}

// TestNames_without_keep: kept headers remain, and if all are kept nothing is copied.
func TestNames_without_keep(t *testing.T) {
	n := NewNames([]string{"X-A", "X-B"})
	sent := api.Header{"Accept": {"a"}, "X-A": {"b"}, "X-B": {"c"}}
	for kept, want := range map[string]string{"": "[Accept]", "X-A": "[Accept X-A]", "X-A X-B": "[Accept X-A X-B]", "Accept": "[Accept]"} {
		got := n.Without(sent, func(name string) bool { return strings.Contains(" "+kept+" ", " "+name+" ") })
		if names := fmt.Sprint(slices.Sorted(maps.Keys(got))); names != want || len(sent) != 3 {
			t.Errorf("keeping %q: got %s, want %s", kept, names, want)
		}
	}
}

func TestNames_costsNothing(t *testing.T) {
	n := Client()
	h := api.Header{"Accept": {"a"}, "User-Agent": {"b"}, "X-Request-Id": {"c"}, "Cookie": {"d"}}
	if a := testing.AllocsPerRun(100, func() { n.Without(h, nil) }); a != 0 {
		t.Errorf("allocates %v times, want 0", a)
	}
}

// TestSettable tests which headers hooks may set, and which would change the request.
func TestSettable(t *testing.T) {
	s := NewSettable()
	for name, want := range map[string]bool{
		"X-Tenant": true, "x-tenant": true, "Remote-User": true, "X-WEBAUTH-USER": true, "X-User": true, "X-MS-Client-Principal": true,
		"Accept-Language": true, "X-Request-Id": true, "User-Agent": true, "Traceparent": true,
		"": false, "X_Tenant": false, "X Tenant": false, "X.Tenant": false, "X-Auth-User": false, "X-Cardea-Assertion": false,
		"Host": false, "Content-Type": false, "Content-Encoding": false, "Transfer-Encoding": false, "Connection": false, "Te": false,
		"Range": false, "If-Match": false, "If-Range": false, "Accept": false, "Accept-Encoding": false, "X-Forwarded-Anything": false,
		"Forwarded": false, "X-Real-Ip": false, "X-Original-Uri": false, "X-Rewrite-Url": false, "X-Http-Method": false, "Via": false,
		"Proxy-Anything": false, "Authorization": false, "Cookie": false, "X-Api-Key": false, "Expect": false, "Upgrade": false,
		"Trailer": false, "Origin": false, "Referer": false, "Sec-Websocket-Key": false, "Max-Forwards": false, "Early-Data": false,
		"X-Middleware-Subrequest": false, "X-Sendfile-Type": false, "X-Envoy-Original-Path": false, "Depth": false,
	} {
		if err := s.Check(name); (err == nil) != want {
			t.Errorf("%q: %v, want it settable: %v", name, err, want)
		}
	}
}

func TestProtectNames(t *testing.T) {
	if err := ProtectNames([]string{"X-Tenant", "x-region"}); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"", "Host", "content-type", "Authorization", "X_Tenant", "Sec-WebSocket-Key", "x-api-key"} {
		if ProtectNames([]string{name}) == nil {
			t.Errorf("%q can be taken out of every request", name)
		}
	}
}
