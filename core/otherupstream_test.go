package core_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestChecks_otherUpstream: a request is refused if another way to read it leads to a
// different upstream, even if a rule allows that.
func TestChecks_otherUpstream(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{
			{Name: "all", Path: "/**", Access: route.Public, Upstream: "one"},
			{Name: "remove", Path: "/a/**", Methods: []string{"DELETE"}, Access: route.Public, Upstream: "two"},
			{Name: "others", Path: "/others/**", Access: route.Public, Upstream: "two"},
			{Name: "below", Path: "/dav/x/others/**", Access: route.Public, Upstream: "two"},
			{Name: "slash", Path: "/slash/", Access: route.Public, Upstream: "two"},
		}
	})
	methods := func(list ...string) func(*api.Attempt, core.Decision) error {
		return func(a *api.Attempt, d core.Decision) error { return h.CheckMethods(t.Context(), a, d, list) }
	}
	targets := func(list ...core.Target) func(*api.Attempt, core.Decision) error {
		return func(a *api.Attempt, d core.Decision) error { return h.CheckTargets(t.Context(), a, d, list) }
	}
	trimmed := func(a *api.Attempt, d core.Decision) error { return h.CheckTrimmed(t.Context(), a, d) }
	for _, tc := range []struct {
		name, path string
		check      func(*api.Attempt, core.Decision) error
		passes     bool
	}{
		{"another method", "/a/x", methods("DELETE"), false},
		{"another method of the same", "/a/x", methods("PUT"), true},
		{"another method, trimmed", "/a./x", methods("DELETE"), false},
		{"trimmed", "/others./x", trimmed, false},
		{"trimmed within the same", "/mine./x", trimmed, true},
		{"a destination", "/a/x", targets(core.Target{Method: "PUT", RawTarget: "/others/x"}), false},
		{"a destination, with a slash", "/a/x", targets(core.Target{Method: "PUT", RawTarget: "/slash"}), false},
		{"a destination below a prefix", "/dav/x", targets(core.Target{Method: "PUT", RawTarget: "/others/y", Cut: true}), false},
		{"a destination of the same", "/dav/x", targets(core.Target{Method: "PUT", RawTarget: "/y", Cut: true}), true},
		{"all that is below", "/dav/x", targets(core.Target{Method: "GET", RawTarget: "/dav/x", Below: "COPY"}), false},
		{"all that is below of the same", "/mine", targets(core.Target{Method: "GET", RawTarget: "/mine", Below: "COPY"}), true},
	} {
		a := get(tc.path, nil)
		d := h.Decide(t.Context(), a)
		if d.Outcome != core.Allowed {
			t.Fatalf("%s: got %v, want allowed", tc.path, d.Err)
		}
		if err := tc.check(a, d); (err == nil) != tc.passes {
			t.Errorf("%s: %v, want it to pass: %v", tc.name, err, tc.passes)
		}
	}
	a := get("/a/x", nil)
	if d := h.Decide(t.Context(), a); !h.DecidesByMethod(a, d) {
		t.Error("a method that leads to another application decides nothing")
	}
}

// TestCheckTargets_bounded: the work for one request is bounded, and ends when the client
// has left.
func TestCheckTargets_bounded(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) { c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**", Access: route.Public}} })
	cut := core.Target{Method: "GET", RawTarget: "/b/x", Cut: true}
	for _, tc := range []struct {
		segments, targets int
		passes            bool
	}{{16, 2, true}, {17, 2, false}, {4, 8, true}, {5, 8, false}, {32, 1, true}, {33, 1, false}, {3, 9, false}} {
		a := get(strings.Repeat("/a", tc.segments), nil)
		d := h.Decide(t.Context(), a)
		h.must(errorOf(d))
		targets := slices.Repeat([]core.Target{cut}, tc.targets)
		if err := h.CheckTargets(t.Context(), a, d, targets); (err == nil) != tc.passes {
			t.Errorf("%d targets below %d segments: got %v, want an error: %v", tc.targets, tc.segments, err, !tc.passes)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if err := h.CheckTargets(gone, a, d, targets); tc.passes && api.CodeOf(err) != api.Unavailable {
			t.Errorf("without a client: %v", err)
		}
	}
}
