package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
)

// TestServe_connectionCredentials: a credential that authenticates the connection on which
// it comes never reaches the upstream, since requests of others use the connection later.
func TestServe_connectionCredentials(t *testing.T) {
	var who sync.Map // the user of each connection
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme := strings.ToLower(r.Header.Get("Authorization"))
		if strings.HasPrefix(scheme, "ntlm") || strings.HasPrefix(scheme, "negotiate") {
			who.Store(r.RemoteAddr, "boss")
		}
		user, _ := who.LoadOrStore(r.RemoteAddr, "nobody")
		io.WriteString(w, user.(string))
	}))
	defer upstream.Close()
	g := &testGateway{addr: serve(t, newEngine(t,
		route.Rule{Name: "open", Path: "/open/**", Access: route.Public},
		route.Rule{Name: "maybe", Path: "/maybe/**", Access: route.Optional},
		route.Rule{Name: "both", Path: "/both/**", PassAuthorization: true},
		route.Rule{Name: "theirs", Path: "/theirs/**", Access: route.Public, ForwardCredential: true},
	), upstream.URL, nil)}
	for _, tc := range []struct {
		target, line string
		status       int
	}{
		{"/open/x", "Authorization: NTLM TlRMTVNT", 200},
		{"/open/x", "Authorization: Negotiate YIIB", 200},
		{"/maybe/x", "Authorization: NTLM TlRMTVNT", 401},
		{"/maybe/x", "Authorization: nEGOTIATE YIIB", 401},
		{"/maybe/x", "Authorization: NTLM  TlRMTVNT", 401},
		{"/both/x", "Authorization: NTLM TlRMTVNT\r\nX-Api-Key: valid", 400},
		{"/both/x", "Authorization: ntlm\tTlRMTVNT\r\nX-Api-Key: valid", 400},
		{"/both/x", "Authorization: Basic YTpi\r\nAuthorization: NTLM TlRMTVNT\r\nX-Api-Key: valid", 400},
		{"/theirs/x", "Authorization: Negotiate YIIB", 400},
		{"/theirs/x", "Authorization: Negotiate", 400},
	} {
		if a := g.get(t, tc.target, tc.line); a.status != tc.status || a.body == "boss" {
			t.Errorf("%s with %q: got %d %s, want %d", tc.target, tc.line, a.status, a.body, tc.status)
		}
		if a := g.get(t, "/open/y"); a.body != "nobody" {
			t.Errorf("after %s with %q another client is %q to the upstream", tc.target, tc.line, a.body)
		}
	}
	for target, line := range map[string]string{
		"/maybe/x": "Authorization: Digest a", "/both/x": "Authorization: Negotiator x\r\nX-Api-Key: valid", "/theirs/x": "Authorization: NTLMv9 x",
	} {
		if a := g.get(t, target, line); a.status != 200 {
			t.Errorf("%s with %q: got %d %s, want 200", target, line, a.status, a.body)
		}
	}
}
