package core_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// TestLogoutAll_everything: all credentials of a user end, under every subject of their
// account, and no one else's.
func TestLogoutAll_everything(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		change  func(*core.Config)
		subject string // whose everything ends
		end     func(*testSites, string) error
		ended   []string
		kept    []string
	}{
		"of the store":       {nil, "u_alice", logoutAll, []string{"u_alice"}, []string{"u_bob", "shop:2", "forum:2"}},
		"of a site":          {nil, "shop:2", logoutAll, []string{"shop:2"}, []string{"u_alice", "forum:2"}},
		"of a network":       {network, "shop:2", logoutAll, []string{"shop:2", "forum:2"}, []string{"u_alice"}},
		"the other way":      {network, "forum:2", logoutAll, []string{"shop:2", "forum:2"}, []string{"u_alice"}},
		"disabled and again": {nil, "u_alice", disableAndUndo, []string{"u_alice"}, []string{"u_bob", "shop:2"}},
	} {
		w := newTestSites(t, c.change)
		held := map[string]map[string]api.Header{}
		refresh := map[string]api.Secret{}
		for _, subject := range append(c.ended, c.kept...) {
			id := mustUser(t, w, subject)
			key, _ := w.apiKey(core.NewAPIKey{Subject: subject})
			g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id})
			w.must(err)
			refresh[subject] = g.Refresh
			held[subject] = map[string]api.Header{"key": keyHeader(key), "token": bearer(w.issue(id).Text.Reveal()), "session": bearer(g.Access.Text.Reveal())}
			for what, header := range held[subject] {
				if d := w.decide("/any/x", header); d.Outcome != core.Allowed {
					t.Fatalf("%s: the %s of %s: got %v, want allowed", name, what, subject, errorOf(d))
				}
			}
		}
		w.clock.advance(time.Second)
		w.must(c.end(w, c.subject))
		check := func(subject string, alive bool) {
			for what, header := range held[subject] {
				if d := w.decide("/any/x", header); (d.Outcome == core.Allowed) != alive {
					t.Errorf("%s: the %s of %s: %v (%v), want it to live: %v", name, what, subject, d.Outcome, errorOf(d), alive)
				}
			}
			if _, err := w.refresh(refresh[subject]); (err == nil) != alive {
				t.Errorf("%s: the refresh of %s: %v, want it to live: %v", name, subject, err, alive)
			}
			list, err := w.accounts.APIKeys(ctx, subject, "", "", 10)
			w.must(err)
			for _, key := range list {
				if key.Revoked.IsZero() != alive {
					t.Errorf("%s: the key of %s is listed as live: %v", name, subject, !alive)
				}
			}
		}
		for _, subject := range c.ended {
			check(subject, false)
		}
		for _, subject := range c.kept {
			check(subject, true)
		}
	}
}

func logoutAll(w *testSites, subject string) error {
	return w.Tokens().LogoutAll(context.Background(), subject, "test", "test")
}

func disableAndUndo(w *testSites, subject string) error {
	w.must(w.accounts.SetDisabled(context.Background(), subject, true, "test"))
	return w.accounts.SetDisabled(context.Background(), subject, false, "test")
}

// stuckStore fails to list a user's sessions, or lists them without end.
type stuckStore struct {
	store.Store
	err error // returned at once; nil: it continues until the context is done
}

func (s stuckStore) EndSessions(ctx context.Context, subject string, end func(*api.Session) []api.Revocation) error {
	if s.err != nil {
		return s.err
	}
	<-ctx.Done()
	return ctx.Err()
}

// TestLogoutAll_deadFirst: access ends at once, even if marking the sessions as ended
// fails.
func TestLogoutAll_deadFirst(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		wantOK bool
	}{
		"the sessions cannot be stored": {errors.New("disk full"), false},
		"there are too many sessions":   {nil, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newTestEngine(t, func(cfg *core.Config) { cfg.Store = stuckStore{memory.New(), c.err} })
			ctx := context.Background()
			id := mustUser(t, &testSites{testEngine: h}, "u_alice")
			key, _ := h.apiKey(core.NewAPIKey{Subject: "u_alice"})
			g, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: id})
			h.must(err)
			h.clock.advance(time.Second)
			got, err := h.Admin().RevokeUser(ctx, "alice", "stolen", "op")
			if (err == nil) != c.wantOK || c.wantOK && (got.LiveSessions != 0 || got.Sessions != 1) {
				t.Errorf("%s: got %+v, %v; want success: %v", name, got, err, c.wantOK)
			}
			for what, header := range map[string]api.Header{"key": keyHeader(key), "token": bearer(g.Access.Text.Reveal())} {
				if d := h.decide("/api/x", header); d.Outcome == core.Allowed {
					t.Errorf("%s: the %s works on", name, what)
				}
			}
			if _, err := h.refresh(g.Refresh); err == nil {
				t.Errorf("%s: the refresh token works on", name)
			}
		})
	}
}
