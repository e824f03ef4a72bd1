package guard_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/guard"
)

// TestHandler_hooksSeeNoForgeries: hooks see no header that handlers do not get.
func TestHandler_hooksSeeNoForgeries(t *testing.T) {
	var saw map[string][]string
	h := core.NewHooks()
	h.RouteAccess.Bind("see", func(_ context.Context, a core.Access) (core.Access, error) {
		saw = a.Attempt.Header
		return a, nil
	})
	engine, _ := engineOf(t, core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**", Access: route.Optional}}, Hooks: h}, nil, 0)
	g := guard.New(guard.Config{Engine: engine, ForwardHeaders: []string{"Remote-User"}})
	for name, want := range map[string]bool{"X-Ssl-Client-Verify": false, "X_User": false, "X-Auth-User": false, "Remote-User": true, "X-Plain": true} {
		r, w := httptest.NewRequest("GET", "/posts", nil), httptest.NewRecorder()
		r.Header[name] = []string{"1"}
		g.Handler(routed).ServeHTTP(w, r)
		if _, ok := saw[name]; ok != want {
			t.Errorf("%s: hooks saw it: %v (%d), want %v", name, ok, w.Code, want)
		}
	}
}
