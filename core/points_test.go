package core_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/hooks"
)

var update = flag.Bool("update", false, "write the golden files anew")

// outside says who calls the points that the engine does not call itself, or what they wait
// for.
var outside = map[string]string{
	"token-response": "called by dialects through Engine.TokenResponse",
	"error-response": "called by front ends through Engine.ErrorResponse",
	"plugin-failed":  "called by server/app, for which the plugin host reports to its OnFault",
	"cors-headers":   "not called yet: waits for CORS",
}

// counts counts the calls of each point.
type counts struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counts) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[name]++
}

func countCalls(t testing.TB, h *core.Hooks) *counts {
	t.Helper()
	c := &counts{n: map[string]int{}}
	for _, p := range h.Points() {
		err := p.BindView("count", func(context.Context, hooks.View) error { c.add(p.Name()); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// TestPoints_golden uses everything that the engine offers, with a counting handler at
// every point, and compares the points called with a golden file.
func TestPoints_golden(t *testing.T) {
	var called *counts
	h := withHooks(t, func(hs *core.Hooks) { called = countCalls(t, hs) })
	h.live()
	h.drained()
	var b strings.Builder
	for _, p := range h.Hooks().Points() {
		fmt.Fprintf(&b, "%s\n\t%s; %s\n", p.Name(), kind(p), wiring(p.Name(), called.n))
		for _, f := range p.Fields() {
			b.WriteString("\t" + f.Key)
			if f.Writable && p.IsFilter() {
				b.WriteString(" (writable)")
			}
			b.WriteString("\n")
		}
	}
	golden(t, "testdata/points.golden", b.String())
}

func kind(p hooks.Point) string {
	if p.IsFilter() {
		return "filter"
	}
	return "action"
}

func wiring(name string, called map[string]int) string {
	note, excused := outside[name]
	switch {
	case called[name] > 0 && !excused:
		return "called by the engine"
	case excused && called[name] == 0:
		return note
	case excused:
		return "called by the engine, though listed in the test as: " + note
	}
	return "NEVER CALLED"
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: run with -update if this is meant (-want +got):\n%s", file, diff)
	}
}

// live uses everything that an engine offers once.
func (h *testEngine) live() {
	h.t.Helper()
	ctx := context.Background()
	token := h.token("alice")
	_, err := h.Tokens().Login(ctx, core.LoginRequest{Login: "alice", Password: "wrong"})
	if err == nil {
		h.t.Error("a wrong password was accepted")
	}
	_, err = h.Verify(ctx, core.VerifyRequest{Token: token})
	h.must(err)
	h.passes("token", bearer(token), "alice")
	h.refused("nothing", nil, api.ReasonNoCredential)
	text, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject, Life: time.Hour})
	h.passes("API key", keyHeader(text), "bob")
	h.must(h.accounts.RevokeAPIKey(ctx, id, "test"))
	h.must(h.accounts.SetRoles(ctx, h.bob.Subject, []string{"editor"}, "test"))
	name := "Bob"
	h.must(h.accounts.Update(ctx, h.bob.Subject, users.Change{FirstName: &name}, "test"))
	h.must(h.accounts.Delete(ctx, h.bob, "test"))
	h.must(h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSession, Key: "s1"}))
	h.sessions()
	h.must(h.Admin().RotateKeys(ctx, "test"))
	h.must(h.Reload(ctx, h.config.Policy))
}

// sessions starts a session, refreshes it, and reuses the old token after the grace period.
func (h *testEngine) sessions() {
	h.t.Helper()
	ctx := context.Background()
	first, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: h.alice.Identity("store")})
	h.must(err)
	_, err = h.Tokens().Refresh(ctx, core.RefreshRequest{Token: first.Refresh})
	h.must(err)
	h.clock.advance(time.Hour)
	if _, err = h.Tokens().Refresh(ctx, core.RefreshRequest{Token: first.Refresh}); api.ReasonOf(err) != api.ReasonRefreshReused {
		h.t.Errorf("an old refresh token: got %v, want %s", err, api.ReasonRefreshReused)
	}
}

func TestPoints_outside(t *testing.T) {
	h := withHooks(t, func(hs *core.Hooks) {
		hs.TokenResponse.Bind("x", func(_ context.Context, r core.TokenResponse) (core.TokenResponse, error) {
			r.Fields = r.Fields.With("extra", "yes").With("token", "forged")
			return r, nil
		})
		hs.ErrorResponse.Bind("x", func(_ context.Context, r core.ErrorResponse) (core.ErrorResponse, error) {
			r.Status, r.Message = 200, "changed"
			return r, nil
		})
	})
	reply, err := h.Tokens().TokenResponse(context.Background(),
		core.TokenResponse{Fields: api.NewClaims(api.Claim{Name: "token", Value: "real"})}, "token")
	if err != nil || reply.Fields.String("extra") != "yes" || reply.Fields.String("token") != "real" {
		t.Errorf("token-response gave %v, %v", reply.Fields, err)
	}
	if r := h.ErrorResponse(context.Background(), core.ErrorResponse{Status: 403}); r.Status != 403 || r.Message != "changed" {
		t.Errorf("error-response gave status %d, message %q; want 403, changed", r.Status, r.Message)
	}
}

func TestPoint(t *testing.T) {
	hs := core.NewHooks()
	seen := map[string]bool{}
	for _, p := range hs.Points() {
		found, ok := hs.Point(p.Name())
		if !ok || found != p || seen[p.Name()] {
			t.Errorf("Point(%q) = %v, %v; seen before: %v", p.Name(), found, ok, seen[p.Name()])
		}
		seen[p.Name()] = true
	}
	if _, ok := hs.Point("no-such-point"); ok {
		t.Error("an unknown point was found")
	}
}
