package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestLogoutAll_everything: whatever somebody holds ends, under every subject that their
// account has, and nothing of anybody else's.
func TestLogoutAll_everything(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		change  func(*core.Config)
		subject string // whose everything ends
		end     func(*town, string) error
		ended   []string
		kept    []string
	}{
		"of the store":       {nil, "u_alice", logoutAll, []string{"u_alice"}, []string{"u_bob", "shop:2", "forum:2"}},
		"of a site":          {nil, "shop:2", logoutAll, []string{"shop:2"}, []string{"u_alice", "forum:2"}},
		"of a network":       {network, "shop:2", logoutAll, []string{"shop:2", "forum:2"}, []string{"u_alice"}},
		"the other way":      {network, "forum:2", logoutAll, []string{"shop:2", "forum:2"}, []string{"u_alice"}},
		"disabled and again": {nil, "u_alice", disableAndUndo, []string{"u_alice"}, []string{"u_bob", "shop:2"}},
	} {
		w := newTown(t, c.change)
		held := map[string]map[string]api.Header{}
		refresh := map[string]api.Secret{}
		for _, subject := range append(c.ended, c.kept...) {
			id := mustUser(t, w, subject)
			key, _ := w.apiKey(core.NewAPIKey{Subject: subject})
			g, err := w.Begin(ctx, core.BeginRequest{Identity: id})
			w.must(err)
			refresh[subject] = g.Refresh
			held[subject] = map[string]api.Header{"key": keyHeader(key), "token": bearer(w.issue(id).Text.Reveal()), "session": bearer(g.Access.Text.Reveal())}
			for what, header := range held[subject] {
				if d := w.decide("/any/x", header); d.Outcome != core.Allowed {
					t.Fatalf("%s: the %s of %s: %v", name, what, subject, errorOf(d))
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

func logoutAll(w *town, subject string) error {
	return w.LogoutAll(context.Background(), subject, "test", "test")
}

func disableAndUndo(w *town, subject string) error {
	w.must(w.accounts.SetDisabled(context.Background(), subject, true, "test"))
	return w.accounts.SetDisabled(context.Background(), subject, false, "test")
}
