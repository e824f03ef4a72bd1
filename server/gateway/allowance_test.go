package gateway

import (
	"context"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestServe_allowance: all hook calls of one request share an allowance; the next request
// gets a new one.
func TestServe_allowance(t *testing.T) {
	var mu sync.Mutex
	var seen []*api.Allowance
	h := core.NewHooks()
	h.RouteAccess.Bind("x", func(ctx context.Context, a core.Access) (core.Access, error) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, api.AllowanceOf(ctx))
		return a, nil
	})
	rules := []route.Rule{
		{Name: "all", Path: "/**", TrailingSlash: route.SlashSame},
		{Name: "rename", Path: "/**", Methods: []string{"DELETE", "MOVE"}, TrailingSlash: route.SlashSame}, // with all below
	}
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: rules, Hooks: h}), nil)
	of := map[*api.Allowance]bool{}
	for _, tc := range []struct {
		target, header string
		calls          int // at least
	}{
		{"/x", "Accept: */*", 1}, {"/x/", "Accept: */*", 2}, {"/x%20", "Accept: */*", 2}, {"/x?_method=DELETE", "Accept: */*", 2},
		{"/x%20", "X-Amz-Rename-Source: /y%20", 4}, {"/x%20", "X-Copy-From: /y%20", 4},
	} {
		seen = nil
		if a := g.get(t, tc.target, valid, tc.header); a.status != 200 {
			t.Fatalf("%s: got %d %s, want status 200", tc.target, a.status, a.body)
		}
		if len(seen) < tc.calls || seen[0] == nil || of[seen[0]] {
			t.Errorf("%s, %s: %d calls, allowance %p", tc.target, tc.header, len(seen), seen[0])
		}
		for _, a := range seen {
			if a != seen[0] {
				t.Errorf("%s, %s: two allowances", tc.target, tc.header)
			}
		}
		of[seen[0]] = true
	}
}
