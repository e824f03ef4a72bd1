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

// TestServe_hooksSeeNoForgeries: hooks see no header that is removed before the request
// is forwarded.
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
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: rules, Hooks: h}), func(c *Config) {
		c.Upstreams["other"] = &url.URL{Scheme: "http", Host: c.Upstreams["demo"].Host}
		c.Trust = loopback
		c.ForwardHeaders = map[string][]string{"other": {"X-SSL-Client-Verify", "X-Real-IP"}}
	})
	for _, tc := range []struct {
		path, name string
		seen       bool
	}{
		{"/a/x", "X-SSL-Client-Verify", false}, {"/a/x", "X-Real-Ip", false}, {"/a/x", "Remote-User", false},
		{"/a/x", "X-Forwarded-For", false}, {"/a/x", "X_Real_Ip", false}, {"/a/x", "X_Plain", false}, {"/a/x", "SCRIPT_NAME", false}, {"/a/x", "X.Plain", false},
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
		t.Errorf("a header that carries credentials by a rule: got %d %s, want status 200", a.status, a.body)
	}
}

// TestServe_hooksSeeNoHops: hooks see no header that Connection names, except for those
// that the gateway reads itself; neither does the upstream.
func TestServe_hooksSeeNoHops(t *testing.T) {
	var saw map[string][]string
	h := core.NewHooks()
	h.RouteAccess.Bind("see", func(_ context.Context, a core.Access) (core.Access, error) {
		saw = a.Attempt.Header
		return a, nil
	})
	rules := []route.Rule{{Name: "all", Path: "/**"}, {Name: "own", Path: "/own/**", Header: route.HeaderSpec{Name: "X-User-Token"}}}
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: rules, Hooks: h}), nil)
	for _, tc := range []struct {
		connection, name string
		seen, passed     bool
	}{
		{"close", "X-Shop", true, true},
		{"keep-alive, Upgrade, TE", "X-Shop", true, true},
		{"X-Shop", "X-Shop", false, false},
		{"close, x-shop", "X-Shop", false, false},
		{"close\r\nConnection: \tx-SHOP ,X-None", "X-Shop", false, false},
		{"X-Shop, X-Shop", "X-Shop", false, false},
		{"X-Other", "X-Shop", true, true},
		{"X_Shop", "X-Shop", true, true},
		{"Cookie", "Cookie", false, false},
		{"Authorization", "Authorization", true, false},
		{"X-User-Token", "X-User-Token", true, false},
	} {
		path, line := "/x", valid
		if tc.name == "X-User-Token" {
			path, line = "/own/x", "X-User-Token: valid"
		}
		lines := []string{line, "Connection: " + tc.connection}
		if tc.name == "X-Shop" || tc.name == "Cookie" {
			lines = append(lines, tc.name+": a=b")
		}
		a := g.get(t, path, lines...)
		upstream := g.seen.take()
		if a.status != 200 || len(upstream) != 1 {
			t.Errorf("%s: got %d %s, want status 200 and 1 entry", tc.connection, a.status, a.body)
			continue
		}
		_, seen := saw[tc.name]
		_, passed := upstream[0].Headers[tc.name]
		if seen != tc.seen || passed != tc.passed {
			t.Errorf("Connection: %s: hooks saw %s: %v, the upstream: %v; want %v and %v", tc.connection, tc.name, seen, passed, tc.seen, tc.passed)
		}
	}
}
