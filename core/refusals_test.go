package core_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestRefusals_told: a refusal, by Decide or at one of our own endpoints, is reported to
// request-denied once, and has a challenge only if it is a 401.
func TestRefusals_told(t *testing.T) {
	for name, c := range map[string]struct {
		header func(*testEngine) api.Header
		code   api.Code
		reason string
	}{
		"nobody":         {func(*testEngine) api.Header { return nil }, api.Unauthenticated, api.ReasonNoCredential},
		"a bad password": {func(*testEngine) api.Header { return basicHeader("bob", "wrong horse") }, api.Unauthenticated, api.ReasonWrongPassword},
		"a refused role": {func(*testEngine) api.Header { return basicHeader("alice", password) }, api.Denied, api.ReasonRoleRefused},
	} {
		for place, ask := range map[string]func(*testEngine, *api.Attempt) core.Decision{
			"decide":   func(h *testEngine, a *api.Attempt) core.Decision { return h.Decide(context.Background(), a) },
			"endpoint": func(h *testEngine, a *api.Attempt) core.Decision { return h.Authenticate(context.Background(), a) },
		} {
			var told []string // by one handler, one event at a time
			h := newTestEngine(t, func(cfg *core.Config) {
				cfg.Policy.Methods[0].RefuseRoles = []string{"editor"}
				cfg.Policy.Hooks = core.NewHooks()
				cfg.Policy.Hooks.RequestDenied.Bind("x", func(_ context.Context, ev core.Event) error {
					told = append(told, ev.Reason+" "+ev.Attempt.Path)
					return nil
				})
			})
			d := ask(h, at("/api/x", c.header(h)))
			h.drained()
			if d.Outcome != core.Refused || d.Err.Code != c.code || d.Err.Reason != c.reason || (len(d.Challenge) == 3) != (c.code == api.Unauthenticated) {
				t.Errorf("%s at the %s: %v, challenges %q", name, place, d.Err, d.Challenge)
			}
			if len(told) != 1 || told[0] != c.reason+" /api/x" {
				t.Errorf("%s at the %s: got the text %q", name, place, told)
			}
		}
	}
}

// TestCORSHeaders_go: a list set by a Go function applies only if a header can hold it.
func TestCORSHeaders_go(t *testing.T) {
	for _, c := range []struct{ headers, methods, want string }{
		{"X-A, X-B", "GET", "X-A, X-B GET"}, {"", "", " "}, {"a b", "GET", "X-Was PUT"}, {"X-A", "GET\n", "X-Was PUT"},
	} {
		h := withHooks(t, func(hs *core.Hooks) {
			hs.CORSHeaders.Bind("x", func(_ context.Context, v core.CORSHeaders) (core.CORSHeaders, error) {
				v.Headers, v.Methods, v.Origin = c.headers, c.methods, "https://evil.example"
				return v, nil
			})
		})
		got := h.CORSHeaders(t.Context(), core.CORSHeaders{Origin: "https://a.example", Allow: "*", Headers: "X-Was", Methods: "PUT"})
		if lists := got.Headers + " " + got.Methods; lists != c.want || got.Origin != "https://a.example" || got.Allow != "*" {
			t.Errorf("%+v: got %+v, want lists %q", c, got, c.want)
		}
	}
}

// TestRotateAPIKey_dead: a key that is refused with any secret cannot be rotated.
func TestRotateAPIKey_dead(t *testing.T) {
	h := newTestEngine(t, nil)
	for name, end := range map[string]func(id string){
		"revoked": func(id string) { h.must(h.accounts.RevokeAPIKey(t.Context(), id, "op")) },
		"expired": func(string) { h.clock.advance(time.Hour) },
	} {
		_, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject, Life: time.Hour})
		end(id)
		if text, err := h.accounts.RotateAPIKey(t.Context(), id, 0, "op"); api.CodeOf(err) != api.Conflict || text != "" {
			t.Errorf("%s: RotateAPIKey: got %v, want code %s", name, err, api.Conflict)
		}
	}
	_, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	for overlap, ok := range map[time.Duration]bool{0: true, core.MaxOverlap: true, core.MaxOverlap + 1: false, -1: false} {
		if _, err := h.accounts.RotateAPIKey(t.Context(), id, overlap, "op"); (err == nil) != ok {
			t.Errorf("overlap %s: got %v, want an error: %v", overlap, err, !ok)
		}
	}
}

// TestHoldsRefreshToken: a refresh token is found anywhere in a text.
func TestHoldsRefreshToken(t *testing.T) {
	h := newTestEngine(t, nil)
	text := h.begin().Refresh.Reveal()
	for s, want := range map[string]bool{
		text: true, "a=" + text + "; b": true, fmt.Sprintf("%q", text): true, text[:len(text)-8]: false, "": false, h.token("bob"): false,
	} {
		if core.HoldsRefreshToken(s) != want {
			t.Errorf("HoldsRefreshToken(%q) = %v, want %v", s, !want, want)
		}
	}
}
