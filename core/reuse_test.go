package core_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
)

// told records events by point and target, sorted.
type told struct {
	mu   sync.Mutex
	list []string
}

func (l *told) bind(hs *core.Hooks) {
	for _, p := range []*hooks.Action[core.Event]{hs.RefreshReused, hs.SessionEnded, hs.TokenRefreshed, hs.TokenRevoked} {
		p.Bind("told", func(_ context.Context, ev core.Event) error {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.list = append(l.list, p.Name()+" "+ev.Target)
			return nil
		})
	}
}

func (l *told) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.list
	l.list = nil
	slices.Sort(list)
	return list
}

// shown returns the calls that take a refresh token.
func shown(h *testEngine) map[string]func(api.Secret) error {
	ctx := context.Background()
	return map[string]func(api.Secret) error{
		"refresh": func(text api.Secret) error { _, err := h.refresh(text); return err },
		"presented": func(text api.Secret) error {
			_, _, err := h.Tokens().PeekRefresh(ctx, core.RefreshRequest{Token: text})
			return err
		},
		"renew": func(text api.Secret) error {
			_, err := h.Tokens().ReissueAccess(ctx, core.RefreshRequest{Token: text})
			return err
		},
	}
}

// TestReuse_everywhere: whichever call gets a used refresh token, the session ends and the
// reuse is reported.
func TestReuse_everywhere(t *testing.T) {
	for name := range shown(nil) {
		events := &told{}
		h := withHooks(t, events.bind)
		g := h.begin()
		next, err := h.refresh(g.Refresh)
		h.must(err)
		h.drained()
		events.take()
		h.clock.advance(time.Minute)
		if err := shown(h)[name](g.Refresh); api.ReasonOf(err) != api.ReasonRefreshReused {
			t.Errorf("%s: got %v, want reason %q", name, err, api.ReasonRefreshReused)
		}
		h.drained()
		if got, want := events.take(), []string{"refresh-reused " + g.Session, "session-ended " + g.Session}; !slices.Equal(got, want) {
			t.Errorf("%s: got event %q, want %q", name, got, want)
		}
		h.unrefreshed(name+": the good one", next.Refresh, api.ReasonRefreshEnded)
		h.refused(name+": its access token", bearer(next.Access.Text.Reveal()), api.ReasonTokenRevoked)
	}
}

// TestUnfit_everywhere: whichever call gets the refresh token of a disabled or deleted
// user, the session ends for good.
func TestUnfit_everywhere(t *testing.T) {
	ctx := context.Background()
	for name := range shown(nil) {
		for what, shutOut := range map[string]func(*testEngine){
			"disabled": func(h *testEngine) { h.must(h.accounts.SetDisabled(ctx, h.bob.Subject, true, "test")) },
			"deleted":  func(h *testEngine) { h.must(h.accounts.Delete(ctx, h.bob, "test")) },
		} {
			h := newTestEngine(t, nil)
			g := h.begin()
			shutOut(h)
			if err := shown(h)[name](g.Refresh); api.CodeOf(err) != api.Unauthenticated {
				t.Errorf("%s, %s: got %v, want code %s", name, what, err, api.Unauthenticated)
			}
			if what == "disabled" {
				h.must(h.accounts.SetDisabled(ctx, h.bob.Subject, false, "test"))
				if err := shown(h)[name](g.Refresh); err == nil {
					t.Errorf("%s: the session lives again with its user", name)
				}
			}
			if live, err := h.Admin().LiveSessions(ctx, h.bob.Subject); err == nil && len(live) > 0 {
				t.Errorf("%s, %s: sessions %v live", name, what, live)
			}
		}
	}
}
