package core_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/hooks"
)

// begin begins a session of bob's.
func (h *testEngine) begin() core.TokenPair {
	h.t.Helper()
	id, err := h.Tokens().Identity(context.Background(), "bob")
	h.must(err)
	g, err := h.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: id, Device: "phone"})
	h.must(err)
	return g
}

func (h *testEngine) refresh(token api.Secret) (core.TokenPair, error) {
	return h.Tokens().Refresh(context.Background(), core.RefreshRequest{Token: token})
}

// unrefreshed fails the test unless a refresh is refused for the reason.
func (h *testEngine) unrefreshed(what string, token api.Secret, reason string) {
	h.t.Helper()
	if _, err := h.refresh(token); api.ReasonOf(err) != reason || api.CodeOf(err) != api.Unauthenticated {
		h.t.Errorf("%s: got %v, want a refusal for %s", what, err, reason)
	}
}

func TestRefresh(t *testing.T) {
	h := newTestEngine(t, nil)
	first := h.begin()
	h.passes("the first access token", bearer(first.Access.Text.Reveal()), "bob")
	second, err := h.refresh(first.Refresh)
	h.must(err)
	if second.Session != first.Session || second.Refresh == first.Refresh || second.Access.Session != first.Session || second.Access.ID == first.Access.ID {
		t.Errorf("got session %s with token %s after %s with %s", second.Session, second.Access.ID, first.Session, first.Access.ID)
	}
	h.passes("the second access token", bearer(second.Access.Text.Reveal()), "bob")
	again, err := h.refresh(first.Refresh) // as if the response was lost
	if err != nil || again.Refresh != second.Refresh {
		t.Errorf("within the grace window: got %v, want the same successor", err)
	}
	h.unrefreshed("no token of ours", "cdr_x", api.ReasonRefreshUnknown)
	h.unrefreshed("an access token", first.Access.Text, api.ReasonRefreshUnknown)
	h.clock.advance(14 * 24 * time.Hour)
	h.unrefreshed("idle for two weeks", second.Refresh, api.ReasonRefreshExpired)
}

// Reuse after the grace period ends the session and all its tokens.
func TestRefresh_reuse(t *testing.T) {
	var mu sync.Mutex // each action runs in its own goroutine
	var told []string
	h := withHooks(t, func(hs *core.Hooks) {
		for name, a := range map[string]*hooks.Action[core.Event]{"reused": hs.RefreshReused, "ended": hs.SessionEnded, "refreshed": hs.TokenRefreshed} {
			a.Bind("x", func(_ context.Context, ev core.Event) error {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, name+" "+ev.Identity.Subject+" "+ev.Target)
				return nil
			})
		}
	})
	first := h.begin()
	second, err := h.refresh(first.Refresh)
	h.must(err)
	h.drained()
	h.clock.advance(21 * time.Second)
	h.unrefreshed("reused", first.Refresh, api.ReasonRefreshReused)
	h.unrefreshed("the good one after it", second.Refresh, api.ReasonRefreshEnded)
	h.refused("its access token", bearer(second.Access.Text.Reveal()), api.ReasonTokenRevoked)
	h.drained()
	slices.Sort(told[1:])
	want := []string{"refreshed u_bob " + first.Session, "ended u_bob " + first.Session, "reused u_bob " + first.Session}
	if !slices.Equal(told, want) {
		t.Errorf("the events have %q, want %q", told, want)
	}
}

func TestRefresh_64AtOnce(t *testing.T) {
	h := newTestEngine(t, nil)
	first := h.begin()
	var all sync.WaitGroup
	var mu sync.Mutex
	successors := map[api.Secret]bool{}
	for range 64 {
		all.Go(func() {
			g, err := h.refresh(first.Refresh)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			successors[g.Refresh] = true
		})
	}
	all.Wait()
	live, err := h.Admin().LiveSessions(context.Background(), h.bob.Subject)
	if err != nil || len(live) != 1 || len(successors) != 1 {
		t.Errorf("got %d successors and %d live sessions, %v; want one of each", len(successors), len(live), err)
	}
}

// A change that ends a user's credentials ends their refresh tokens as well.
func TestRefresh_userChanged(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		change func(*testEngine) error
		reason string
	}{
		"password": {func(h *testEngine) error { return h.accounts.SetPassword(ctx, h.bob.Subject, "another horse", "test") }, api.ReasonRefreshEnded},
		"roles":    {func(h *testEngine) error { return h.accounts.SetRoles(ctx, h.bob.Subject, nil, "test") }, api.ReasonRefreshEnded},
		"disabled": {func(h *testEngine) error { return h.accounts.SetDisabled(ctx, h.bob.Subject, true, "test") }, api.ReasonDisabled},
		"deleted":  {func(h *testEngine) error { return h.accounts.Delete(ctx, h.bob, "test") }, api.ReasonRefreshUnknown},
		"all ended": {func(h *testEngine) error { return h.Tokens().LogoutAll(ctx, h.bob.Subject, "test", "test") },
			api.ReasonRefreshEnded},
		"everything revoked": {func(h *testEngine) error { return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}) }, api.ReasonRefreshEnded},
		"refresh token revoked": {func(h *testEngine) error {
			list, err := h.Admin().LiveSessions(ctx, h.bob.Subject)
			h.must(err)
			return h.Admin().EndSession(ctx, list[0].ID, "test", "test")
		}, api.ReasonRefreshEnded},
	} {
		t.Run(name, func(t *testing.T) {
			h := newTestEngine(t, nil)
			g := h.begin()
			h.clock.advance(time.Second)
			h.must(c.change(h))
			h.unrefreshed(name, g.Refresh, c.reason)
			h.refused("the access token", bearer(g.Access.Text.Reveal()), api.ReasonTokenRevoked)
			if list, _ := h.Admin().LiveSessions(ctx, h.bob.Subject); len(list) != 0 {
				t.Errorf("%d sessions are still live", len(list))
			}
		})
	}
}

func TestRefresh_hooks(t *testing.T) {
	var before core.RefreshAttempt
	var methods []string
	var refuse error
	h := withHooks(t, func(hs *core.Hooks) {
		hs.RefreshExpire.Bind("x", func(_ context.Context, v core.Lifetime) (core.Lifetime, error) {
			v.Lifetime = time.Minute
			return v, nil
		})
		hs.RefreshBefore.Bind("x", func(_ context.Context, v core.RefreshAttempt) (core.RefreshAttempt, error) {
			before = v
			return v, refuse
		})
		hs.LoginAfter.Bind("x", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
			methods = append(methods, v.Method)
			v.Identity = v.Identity.WithRoles("guest")
			return v, nil
		})
	})
	g := h.begin()
	if left := g.RefreshExpires.Sub(h.clock.Now()); left > time.Minute {
		t.Errorf("refresh-expire set a minute, and it lives for %s", left)
	}
	next, err := h.refresh(g.Refresh)
	h.must(err)
	if before.Session != g.Session || before.Identity.Subject != h.bob.Subject {
		t.Errorf("refresh-before saw %+v", before)
	}
	// A refresh must not restore a role that login-after removes.
	if roles := next.Identity.Roles; !slices.Equal(roles, []string{"guest"}) || !slices.Equal(methods, []string{"refresh"}) {
		t.Errorf("got roles %q, and login-after was asked for %q; want %v and %v", roles, methods, []string{"guest"}, []string{"refresh"})
	}
	refuse = core.Deny("tuesday", "closed")
	if _, err := h.refresh(next.Refresh); api.ReasonOf(err) != "tuesday" {
		t.Errorf("refused before: got %v", err)
	}
}

func TestBegin_sessionLimit(t *testing.T) {
	var seen core.SessionLimit
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Tokens.MaxSessions = 2
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.SessionLimit.Bind("x", func(_ context.Context, v core.SessionLimit) (core.SessionLimit, error) {
			seen = v
			v.End = append(v.End, "somebody else's")
			return v, nil
		})
	})
	var list []core.TokenPair
	for range 3 {
		list = append(list, h.begin())
		h.clock.advance(time.Second)
	}
	h.unrefreshed("the oldest of three", list[0].Refresh, api.ReasonRefreshEnded)
	h.refused("its access token", bearer(list[0].Access.Text.Reveal()), api.ReasonTokenRevoked)
	for _, g := range list[1:] {
		if _, err := h.refresh(g.Refresh); err != nil {
			t.Errorf("one of the last two: %v", err)
		}
	}
	if want := []string{list[0].Session, list[1].Session}; !slices.Equal(seen.Live, want) || !slices.Equal(seen.End, want[:1]) {
		t.Errorf("session-limit saw %+v, want %q with the first to end", seen, want)
	}
}

func TestLogout(t *testing.T) {
	for _, keep := range []bool{false, true} {
		h := newTestEngine(t, func(c *core.Config) { c.Policy.Tokens.KeepOnLogout = keep })
		g, other := h.begin(), h.begin()
		token := bearer(g.Access.Text.Reveal())
		d := h.Authenticate(context.Background(), get("/auth/logout", token))
		h.must(h.Tokens().Logout(context.Background(), d.Identity))
		h.unrefreshed("after logout", g.Refresh, api.ReasonRefreshEnded)
		if d := h.decide("/api/x", token); (d.Outcome == core.Allowed) != keep {
			t.Errorf("keep %v: the access token gets %v", keep, d.Err)
		}
		if _, err := h.refresh(other.Refresh); err != nil {
			t.Errorf("another session: %v", err)
		}
	}
}

func TestRevokeToken(t *testing.T) {
	h := newTestEngine(t, nil)
	ctx := context.Background()
	g, other := h.begin(), h.begin()
	h.must(h.Tokens().RevokeToken(ctx, g.Refresh))
	h.unrefreshed("a revoked refresh token", g.Refresh, api.ReasonRefreshEnded)
	h.refused("an access token of its session", bearer(g.Access.Text.Reveal()), api.ReasonTokenRevoked)
	h.must(h.Tokens().RevokeToken(ctx, other.Access.Text))
	h.refused("a revoked access token", bearer(other.Access.Text.Reveal()), api.ReasonTokenRevoked)
	if _, err := h.refresh(other.Refresh); err != nil {
		t.Errorf("its refresh token: %v", err)
	}
	for _, text := range []api.Secret{"", "x", "a.b.c", "cdr_" + api.Secret(g.Refresh.Reveal()[4:40])} {
		if err := h.Tokens().RevokeToken(ctx, text); err != nil {
			t.Errorf("%q: got %v, want no error", text.Reveal(), err)
		}
	}
}

// failing is a store whose writes fail.
type failing struct {
	store.Store
	down bool
}

var errDown = errors.New("disk on fire")

func (f *failing) AppendRevocations(ctx context.Context, revs ...api.Revocation) error {
	if f.down {
		return errDown
	}
	return f.Store.AppendRevocations(ctx, revs...)
}

func (f *failing) RotateRefresh(ctx context.Context, hash [32]byte, decide func(*api.Rotation) error) error {
	if f.down {
		return errDown
	}
	return f.Store.RotateRefresh(ctx, hash, decide)
}

func (f *failing) EndSession(ctx context.Context, id string, end func(*api.Session) []api.Revocation) error {
	if f.down {
		return errDown
	}
	return f.Store.EndSession(ctx, id, end)
}

func (f *failing) RevocationsSince(ctx context.Context, after int64, overlap time.Time, limit int) ([]api.Revocation, error) {
	if f.down {
		return nil, errDown
	}
	return f.Store.RevocationsSince(ctx, after, overlap, limit)
}

// If the store fails, the error says so and nothing counts as revoked or refreshed.
func TestSessions_storeDown(t *testing.T) {
	s := &failing{Store: memory.New()}
	h := newTestEngine(t, func(c *core.Config) { c.Store = s })
	g := h.begin()
	id := h.decide("/api/x", bearer(g.Access.Text.Reveal())).Identity
	s.down = true
	_, refreshed := h.refresh(g.Refresh)
	for what, err := range map[string]error{
		"refresh": refreshed, "revoke access": h.Tokens().RevokeToken(t.Context(), g.Access.Text),
		"revoke refresh": h.Tokens().RevokeToken(t.Context(), g.Refresh), "logout": h.Tokens().Logout(t.Context(), id),
	} {
		if api.CodeOf(err) != api.Unavailable {
			t.Errorf("%s: got %v, want code unavailable", what, err)
		}
	}
	s.down = false
	if _, err := h.refresh(g.Refresh); err != nil {
		t.Errorf("when it answers again: %v", err)
	}
}

// The policy decides what happens while recent revocations are unknown.
func TestStale(t *testing.T) {
	for _, c := range []struct {
		when   core.WhenStale
		down   bool
		reason string
	}{
		{core.StaleClosed, false, api.ReasonStale}, {core.StaleIntrospect, true, api.ReasonStale},
		{core.StaleIntrospect, false, ""}, {core.StaleOpen, true, ""},
	} {
		s := &failing{Store: memory.New()}
		h := newTestEngine(t, func(c0 *core.Config) { c0.Store, c0.Policy.WhenStale = s, c.when })
		token := bearer(h.token("bob"))
		h.passes("fresh", token, "bob")
		s.down = c.down
		h.clock.advance(6 * time.Second)
		d := h.decide("/api/x", token)
		if api.ReasonOf(errOf(d)) != c.reason || c.reason != "" && d.Err.Code != api.Unavailable {
			t.Errorf("%s, down %v: got %v, want %q", c.when, c.down, d.Err, c.reason)
		}
		if d := h.decide("/public/x", nil); d.Outcome != core.Allowed {
			t.Errorf("%s: a public path gets %v", c.when, d.Err)
		}
	}
}

func errOf(d core.Decision) error {
	if d.Err == nil {
		return nil
	}
	return d.Err
}

func TestSessions_absoluteEnd(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) { c.Sessions = session.Config{Absolute: time.Hour, Idle: 40 * time.Minute} })
	g := h.begin()
	for range 3 {
		h.clock.advance(19 * time.Minute)
		next, err := h.refresh(g.Refresh)
		h.must(err)
		g = next
	}
	h.clock.advance(4 * time.Minute)
	h.unrefreshed("after an hour, however busy", g.Refresh, api.ReasonRefreshExpired)
}
