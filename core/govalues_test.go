package core_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
)

// TestHooks_goValues: values set by a Go function are validated like those of other hooks.
func TestHooks_goValues(t *testing.T) {
	ctx := context.Background()
	fields := func(name, value string) func(*core.Hooks) {
		return func(hs *core.Hooks) {
			hs.LoginBefore.Bind("x", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
				v.Challenge = &core.Challenge{Kind: "2fa", Fields: map[string]string{name: value}}
				return v, nil
			})
		}
	}
	claim := func(name string, value any) func(*core.Hooks) {
		return claimsHook(func(c api.Claims) api.Claims { return c.With(name, value) })
	}
	for name, c := range map[string]struct {
		bind func(*core.Hooks)
		good bool
	}{
		"a field":                {fields("url", "https://x"), true},
		"a field of two lines":   {fields("url", "a\nb"), false},
		"a name of two lines":    {fields("a\nb", "x"), false},
		"a long field":           {fields("url", long(4<<10+1)), false},
		"a long name":            {fields(long(257), "x"), false},
		"a claim":                {claim("tier", "gold"), true},
		"a claim without a name": {claim("", "gold"), false},
		"a claim of no JSON":     {claim("tier", make(chan int)), false},
	} {
		h := withHooks(t, c.bind)
		id, err := h.Tokens().Login(ctx, core.LoginRequest{Login: "bob", Password: password})
		if err == nil {
			_, err = h.Tokens().Issue(ctx, core.IssueRequest{Identity: id})
		}
		if failed := api.ReasonOf(err) == api.ReasonHookFailed; failed == c.good {
			t.Errorf("%s: got %v, want a failed hook: %v", name, err, !c.good)
		}
	}
}

// TestNarrow_unreadable: claims that a token format cannot read do not let a narrow handler
// add rights, whether they come before it or from it.
func TestNarrow_unreadable(t *testing.T) {
	for _, c := range []struct {
		before, after any // the claim roles; nil: no claim, which is readable
		as            string
		passes        bool
	}{
		{[]any{"subscriber"}, []any{"subscriber"}, "narrow", true},
		{[]any{"subscriber"}, []any{"administrator"}, "narrow", false},
		{[]any{"subscriber"}, "unreadable", "narrow", false},
		{"unreadable", []any{"administrator"}, "narrow", false},
		{"unreadable", []any{}, "narrow", true},
		{"unreadable", "unreadable too", "narrow", true},
		{[]any{"subscriber"}, []any{"administrator"}, "wide", true},
	} {
		l := core.NativeTokenFormat("x")
		l.Name = "site"
		base := l.Base
		l.Base = func(id api.Identity) api.Claims { return base(id).With("roles", c.before) }
		h := newTestEngine(t, func(cfg *core.Config) {
			cfg.Policy.TokenFormats, cfg.Policy.Hooks = []core.TokenFormat{l}, core.NewHooks()
			err := cfg.Policy.Hooks.TokenClaims.BindView("x", func(_ context.Context, v hooks.View) error {
				if list, ok := c.after.([]any); ok && len(list) > 0 {
					return v.Set("claim.roles", hooks.JSON(`["`+list[0].(string)+`"]`))
				} else if ok {
					return v.Set("claim.roles", hooks.JSON("[]"))
				}
				return v.Set("claim.roles", hooks.String(c.after.(string)))
			}, hooks.Narrow(func() bool { return c.as == "wide" }))
			if err != nil {
				t.Fatal(err)
			}
		})
		_, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "site"})
		if (err == nil) != c.passes {
			t.Errorf("%+v: got %v, want an error: %v", c, err, !c.passes)
		}
	}
}

// TestEvents_drain: Close waits for handlers as configured, by default five seconds.
func TestEvents_drain(t *testing.T) {
	for set, want := range map[time.Duration]time.Duration{0: 5 * time.Second, -1: 5 * time.Second, time.Second: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			h := newTestEngine(t, func(c *core.Config) {
				c.Events.Drain = set
				c.Policy.Hooks = core.NewHooks()
				c.Policy.Hooks.RequestDenied.Bind("x", func(ctx context.Context, _ core.Event) error { <-ctx.Done(); return nil })
			})
			h.decide("/api/x", nil)
			began := time.Now()
			h.must(h.Close())
			if got := time.Since(began); got < want || got > want+time.Second/2 {
				t.Errorf("Drain %s: Close took %s", set, got)
			}
		})
	}
}

// TestBounded_told: a bounded lifetime is logged once for each kind of token.
func TestBounded_told(t *testing.T) {
	h := tokens(t, core.TokenPolicy{MinTTL: time.Minute, MaxTTL: time.Hour, AccessTTL: time.Minute, RefreshTTL: time.Hour})
	h.issue(h.bob.Identity("store"))
	if n := h.countLogged("is bounded by the policy"); n != 0 {
		t.Errorf("%d warnings of what is not bounded", n)
	}
	for range 3 {
		_, err := h.Tokens().StartSession(t.Context(), core.BeginRequest{Identity: h.bob.Identity("store"), AccessLife: 2 * time.Hour, RefreshLife: time.Second})
		h.must(err)
	}
	if n := h.countLogged("is bounded by the policy"); n != 2 {
		t.Errorf("%d warnings, want one of each kind:\n%s", n, h.log)
	}
}

// TestSettle_cancelled: a caller that does not wait until the second of a revocation is
// over gets no token.
func TestSettle_cancelled(t *testing.T) {
	h := newTestEngine(t, nil)
	h.must(h.Tokens().Revoke(t.Context(), api.Revocation{Kind: api.RevokeAll}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if issued, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: h.bob.Identity("store")}); api.CodeOf(err) != api.Unavailable || issued.Text != "" {
		t.Errorf("a token: got %v, %v; want no Text and code %s", issued.Text != "", err, api.Unavailable)
	}
	if err := h.Tokens().Settle(ctx); api.CodeOf(err) != api.Unavailable {
		t.Errorf("settled: Settle() = %v, want code %s", err, api.Unavailable)
	}
}

// TestRefresh_refusedRole: a role that login-after adds at a refresh is refused like one of
// the user's own.
func TestRefresh_refusedRole(t *testing.T) {
	added := false
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Tokens.RefuseRoles = []string{"banned"}
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.LoginAfter.Bind("x", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
			if added {
				r.Identity = r.Identity.WithRoles("banned")
			}
			return r, nil
		})
	})
	g := h.begin()
	added = true
	if _, err := h.refresh(g.Refresh); api.ReasonOf(err) != api.ReasonRoleRefused {
		t.Errorf("refreshed: got %v, want reason %q", err, api.ReasonRoleRefused)
	}
	if _, err := h.Tokens().Login(t.Context(), core.LoginRequest{Login: "bob", Password: password}); api.ReasonOf(err) != api.ReasonRoleRefused {
		t.Errorf("logged in: got %v, want reason %q", err, api.ReasonRoleRefused)
	}
}
