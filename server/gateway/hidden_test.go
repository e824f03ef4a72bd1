package gateway

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// TestServe_hooksSeeNoForgeries: hooks see no header that the upstream is not going to
// get from the client.
func TestServe_hooksSeeNoForgeries(t *testing.T) {
	saw := map[string]bool{}
	h := core.NewHooks()
	h.RouteAccess.Bind("go", func(_ context.Context, a core.Access) (core.Access, error) {
		for name := range a.Attempt.Header {
			saw[name] = true
		}
		return a, nil
	})
	err := h.RouteAccess.BindView("view", func(_ context.Context, v hooks.View) error {
		for _, key := range v.Keys("req.header.") {
			saw[key] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rules := []route.Rule{
		{Name: "a", Path: "/a/**", Upstream: "demo"}, {Name: "b", Path: "/b/**", Upstream: "other"},
		{Name: "own", Path: "/own/**", Upstream: "demo", Header: route.HeaderSpec{Name: "X-User"}},
	}
	g := newGate(t, openEngine(t, core.Policy{Rules: rules, Hooks: h}), func(c *Config) {
		c.Upstreams["other"] = &url.URL{Scheme: "http", Host: c.Upstreams["demo"].Host}
		c.Trust = loopback
		c.ForwardHeaders = map[string][]string{"other": {"X-SSL-Client-Verify", "X-Real-IP"}}
	})
	for _, tc := range []struct {
		path, name string
		seen       bool
	}{
		{"/a/x", "X-SSL-Client-Verify", false}, {"/a/x", "X-Real-Ip", false}, {"/a/x", "Remote-User", false},
		{"/a/x", "X-Forwarded-For", false}, {"/a/x", "X_Real_Ip", false},
		{"/a/x", "X-Auth-User", false}, {"/a/x", "X-Plain", true}, {"/a/x", "Content-Length", true},
		{"/b/x", "X-SSL-Client-Verify", true}, {"/b/x", "X-Real-Ip", true}, {"/b/x", "X_Real_Ip", false}, {"/b/x", "Remote-User", false},
	} {
		clear(saw)
		a := g.get(t, tc.path, valid, tc.name+": 0")
		g.seen.take()
		seen := false
		for name := range saw {
			seen = seen || strings.EqualFold(strings.TrimPrefix(name, "req.header."), tc.name)
		}
		if a.status != 200 || seen != tc.seen {
			t.Errorf("%s %s: %d, hooks saw it: %v, want %v", tc.path, tc.name, a.status, seen, tc.seen)
		}
	}
	if a := g.get(t, "/own/x", "X-User: valid"); a.status != 200 {
		t.Errorf("a header that carries credentials by a rule: %d %s", a.status, a.body)
	}
}
