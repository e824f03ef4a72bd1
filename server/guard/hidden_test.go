package guard_test

import (
	"context"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/guard"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// TestHandler_hooksSeeNoForgeries: hooks see no header that handlers do not get, and no
// proxy headers of clients that are not trusted proxies.
func TestHandler_hooksSeeNoForgeries(t *testing.T) {
	var saw map[string][]string
	h := core.NewHooks()
	h.RouteAccess.Bind("see", func(_ context.Context, a core.Access) (core.Access, error) {
		saw = a.Attempt.Header
		return a, nil
	})
	engine, _ := engineOf(t, core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**", Access: route.Optional}}, Hooks: h}, nil, 0)
	for proxy, trusted := range map[string]bool{"192.0.2.0/24": true, "10.0.0.0/8": false} {
		g := guard.New(guard.Config{
			Engine: engine, ForwardHeaders: []string{"Remote-User"}, Trust: httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix(proxy)}},
		})
		for name, want := range map[string]bool{"X-Ssl-Client-Verify": false, "X_User": false, "X-Auth-User": false, "Remote-User": trusted, "X-Plain": true,
			"X-Real-Ip": trusted, "X_Real_Ip": trusted, "True-Client-Ip": trusted, "X-Forwarded-For": trusted, "X-Forwarded-Proto": trusted,
			"X-Envoy-External-Address": trusted, "Front-End-Https": trusted, "Host": trusted, "X-Forwarded-Host": trusted, "Content-Length": true} {
			r, w := httptest.NewRequest("GET", "/posts", nil), httptest.NewRecorder() // from 192.0.2.1
			r.Header[name] = []string{"1"}
			g.Handler(routed).ServeHTTP(w, r)
			if _, ok := saw[name]; ok != want {
				t.Errorf("%s, proxy %s: hooks saw it: %v (%d), want %v", name, proxy, ok, w.Code, want)
			}
		}
	}
}
