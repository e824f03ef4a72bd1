package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// TestKnobs tests the effect of each lifetime and bound of tokens, just before and just
// after it ends.
func TestKnobs(t *testing.T) {
	const just = time.Second
	ctx := context.Background()
	for name, tc := range map[string]struct {
		set   func(*core.Config)
		check func(*testEngine)
	}{
		"access_ttl": {
			func(c *core.Config) { c.Policy.Tokens.AccessTTL = 7 * time.Minute },
			func(h *testEngine) {
				token := bearer(h.token("bob"))
				h.clock.advance(7*time.Minute - just)
				h.passes("before its end", token, "bob")
				h.clock.advance(just)
				h.refused("after it", token, api.ReasonTokenExpired)
			},
		},
		"min_ttl": {
			func(c *core.Config) {
				c.Policy.Tokens.MinTTL, c.Policy.Hooks = 3*time.Minute, core.NewHooks()
				c.Policy.Hooks.AuthExpire.Bind("short", func(_ context.Context, l core.Lifetime) (core.Lifetime, error) {
					l.Lifetime = time.Second
					return l, nil
				})
			},
			func(h *testEngine) { h.lives(h.token("bob"), 3*time.Minute) },
		},
		"max_ttl": {
			func(c *core.Config) {
				c.Policy.Tokens.MaxTTL, c.Policy.Hooks = time.Hour, core.NewHooks()
				c.Policy.Hooks.AuthExpire.Bind("long", func(_ context.Context, l core.Lifetime) (core.Lifetime, error) {
					l.Lifetime = 1000 * time.Hour
					return l, nil
				})
			},
			func(h *testEngine) { h.lives(h.token("bob"), time.Hour) },
		},
		"refresh_ttl": {
			func(c *core.Config) { c.Policy.Tokens.RefreshTTL = 2 * time.Hour },
			func(h *testEngine) {
				used, unused := h.begin(), h.begin()
				h.clock.advance(2*time.Hour - just)
				if _, err := h.refresh(used.Refresh); err != nil {
					t.Errorf("before its end: %v", err)
				}
				h.clock.advance(just)
				h.unrefreshed("after it", unused.Refresh, api.ReasonRefreshExpired)
			},
		},
		"session_ttl": {
			func(c *core.Config) { c.Sessions.Absolute = 3 * time.Hour; c.Policy.Tokens.RefreshTTL = 2 * time.Hour },
			func(h *testEngine) {
				g := h.begin()
				for range 2 {
					h.clock.advance(90*time.Minute - just)
					next, err := h.refresh(g.Refresh)
					h.must(err)
					g = next
				}
				h.clock.advance(2 * just)
				h.unrefreshed("however busy", g.Refresh, api.ReasonRefreshExpired)
			},
		},
		"refresh_grace": {
			func(c *core.Config) { c.Sessions.Grace = 10 * time.Second },
			func(h *testEngine) {
				g := h.begin()
				for _, after := range []time.Duration{0, 10*time.Second - just} {
					h.clock.advance(after)
					if _, err := h.refresh(g.Refresh); err != nil {
						t.Errorf("after %s: %v", after, err)
					}
				}
				h.clock.advance(2 * just)
				if _, err := h.refresh(g.Refresh); err == nil {
					t.Error("a used token refreshes after its grace")
				}
			},
		},
		"refresh_grace: of a request": {
			func(c *core.Config) { c.Sessions.Grace = -1 },
			func(h *testEngine) {
				g := h.begin()
				use := core.RefreshRequest{Token: g.Refresh, Grace: 10 * time.Second}
				for _, after := range []time.Duration{0, 10*time.Second - just} {
					h.clock.advance(after)
					if _, err := h.Tokens().Refresh(h.t.Context(), use); err != nil {
						h.t.Errorf("after %s: %v", after, err)
					}
					if _, _, err := h.Tokens().PeekRefresh(h.t.Context(), use); err != nil {
						h.t.Errorf("only looked at, after %s: %v", after, err)
					}
				}
				h.clock.advance(2 * just)
				if _, err := h.Tokens().Refresh(h.t.Context(), use); err == nil {
					h.t.Error("a used token refreshes after its grace")
				}
			},
		},
		"refresh_grace: once": {
			func(c *core.Config) { c.Sessions.Grace = 10 * time.Second },
			func(h *testEngine) {
				g := h.begin()
				use := core.RefreshRequest{Token: g.Refresh, Once: true}
				next, err := h.Tokens().Refresh(h.t.Context(), use)
				h.must(err)
				if _, err := h.Tokens().Refresh(h.t.Context(), use); api.ReasonOf(err) != api.ReasonRefreshReused {
					h.t.Errorf("a used token: got %v, want reason %q", err, api.ReasonRefreshReused)
				}
				if _, err := h.refresh(next.Refresh); err != nil {
					h.t.Errorf("its successor, within the grace: %v", err)
				}
			},
		},
		"refresh_grace: strict": {
			func(c *core.Config) { c.Sessions.Grace = -1 },
			func(h *testEngine) {
				g := h.begin()
				if _, err := h.refresh(g.Refresh); err != nil {
					t.Error(err)
				}
				if _, err := h.refresh(g.Refresh); err == nil {
					t.Error("a used token refreshes at once")
				}
			},
		},
		"max_sessions: 1": {
			func(c *core.Config) { c.Policy.Tokens.MaxSessions = 1 },
			func(h *testEngine) { h.keepsSessions(1) },
		},
		"max_sessions: 3": {
			func(c *core.Config) { c.Policy.Tokens.MaxSessions = 3 },
			func(h *testEngine) { h.keepsSessions(3) },
		},
		"refuse_roles": {
			func(c *core.Config) { c.Policy.Tokens.RefuseRoles = []string{"editor"} },
			func(h *testEngine) { // alice is an editor, bob none
				if _, err := h.Tokens().Login(ctx, core.LoginRequest{Login: "alice", Password: password}); api.CodeOf(err) != api.Denied {
					t.Errorf("login of an editor: got %v, want code %s", err, api.Denied)
				}
				if _, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: h.alice.Identity("store")}); err == nil {
					t.Error("a token for an editor")
				}
				h.passes("another", bearer(h.token("bob")), "bob")
			},
		},
		"sites": {
			func(c *core.Config) { c.Policy.Tokens.Places = []core.Place{{Host: "example.org", Prefix: "/api/x"}} },
			func(h *testEngine) {
				token := bearer(h.token("bob"))
				h.passes("there", token, "bob")
				h.clock.advance(just)
				if d := h.decide("/api/y", token); d.Outcome != core.Refused {
					t.Error("it counts elsewhere")
				}
			},
		},
		"logout: kept": {
			func(c *core.Config) { c.Policy.Tokens.KeepOnLogout = true },
			func(h *testEngine) {
				g := h.begin()
				h.must(h.Admin().EndSession(ctx, g.Session, "test", "test"))
				h.unrefreshed("its refresh token", g.Refresh, api.ReasonRefreshEnded)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newTestEngine(t, tc.set)
			tc.check(h)
		})
	}
}

// lives fails the test unless a token of bob expires after d.
func (h *testEngine) lives(token string, d time.Duration) {
	h.t.Helper()
	h.clock.advance(d - time.Second)
	h.passes("before its end", bearer(token), "bob")
	h.clock.advance(time.Second)
	h.refused("after it", bearer(token), api.ReasonTokenExpired)
}

// keepsSessions fails the test unless bob keeps only the newest n sessions.
func (h *testEngine) keepsSessions(n int) {
	h.t.Helper()
	var all []string
	for range n + 2 {
		all = append(all, h.begin().Session)
		h.clock.advance(time.Second)
	}
	list, err := h.Admin().LiveSessions(context.Background(), "u_bob")
	h.must(err)
	live := map[string]bool{}
	for _, s := range list {
		live[s.ID] = true
	}
	for i, id := range all {
		if live[id] != (i >= 2) {
			h.t.Errorf("session %d of %d lives: %v", i+1, len(all), live[id])
		}
	}
}

// TestKnobs_refused: New refuses invalid values.
func TestKnobs_refused(t *testing.T) {
	for name, set := range map[string]func(*core.Config){
		"min above access":  func(c *core.Config) { c.Policy.Tokens = core.TokenPolicy{MinTTL: time.Hour, AccessTTL: time.Minute} },
		"access above max":  func(c *core.Config) { c.Policy.Tokens = core.TokenPolicy{MaxTTL: time.Minute, AccessTTL: time.Hour} },
		"min below 1s":      func(c *core.Config) { c.Policy.Tokens = core.TokenPolicy{MinTTL: time.Second - 1} },
		"negative access":   func(c *core.Config) { c.Policy.Tokens.AccessTTL = -time.Second },
		"refresh below min": func(c *core.Config) { c.Policy.Tokens = core.TokenPolicy{MinTTL: time.Minute, RefreshTTL: time.Second} },
		"negative sessions": func(c *core.Config) { c.Policy.Tokens.MaxSessions = -1 },
		"negative leeway":   func(c *core.Config) { c.Policy.Tokens.Leeway = -1 },
		"leeway of 6m":      func(c *core.Config) { c.Policy.Tokens.Leeway = 5*time.Minute + 1 },
		"unknown staleness": func(c *core.Config) { c.Policy.WhenStale = "sometimes" },
	} {
		c := core.Config{Policy: core.Policy{Methods: chain()}}
		set(&c)
		if e, err := core.New(context.Background(), c); err == nil {
			t.Errorf("%s: it is taken", name)
			e.Close()
		}
	}
	c := core.Config{Policy: core.Policy{Methods: chain(), Tokens: core.TokenPolicy{
		MinTTL: time.Second, AccessTTL: time.Second, MaxTTL: time.Second, RefreshTTL: time.Second, Leeway: 5 * time.Minute,
	}}, Sessions: session.Config{}}
	e, err := core.New(context.Background(), c)
	if err != nil {
		t.Fatalf("the least of each: %v", err)
	}
	e.Close()
}
