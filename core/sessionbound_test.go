package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// TestBegin_bound: the number of a user's sessions is limited under any configuration; the
// oldest are removed, and only that user's.
func TestBegin_bound(t *testing.T) {
	ctx := context.Background()
	for name, tt := range map[string]struct {
		max, begin, want int
		hook             bool // ends nothing
	}{
		"no limit":               {begin: 1010, want: 1000},
		"a high limit":           {max: 1200, begin: 1010, want: 1010},
		"beyond a high limit":    {max: 1200, begin: 1210, want: 1200},
		"a low limit":            {max: 5, begin: 10, want: 5},
		"a hook that is lenient": {begin: 1010, want: 1000, hook: true},
	} {
		s := memory.New()
		h := newTestEngine(t, func(c *core.Config) {
			c.Store, c.Policy.Tokens.MaxSessions = s, tt.max
			if tt.hook {
				c.Policy.Hooks = core.NewHooks()
				c.Policy.Hooks.SessionLimit.Bind("lenient", func(_ context.Context, l core.SessionLimit) (core.SessionLimit, error) {
					l.End = nil
					return l, nil
				})
			}
		})
		begin := func(subject string) core.TokenPair {
			g, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: api.Identity{Subject: subject, Gen: genOf(t, h, subject)}})
			h.must(err)
			return g
		}
		other := begin("u_bob")
		first, last := begin("u_alice"), core.TokenPair{}
		for range tt.begin - 1 {
			h.clock.advance(1e6)
			last = begin("u_alice")
		}
		live, err := s.LiveSessions(ctx, "u_alice", h.clock.Now(), 5000)
		if h.must(err); len(live) != tt.want {
			t.Errorf("%s: %d sessions live, want %d", name, len(live), tt.want)
		}
		if _, err := h.refresh(first.Refresh); (err == nil) != (tt.want == tt.begin) {
			t.Errorf("%s: the first session: %v", name, err)
		}
		for _, g := range []core.TokenPair{last, other} {
			if _, err := h.refresh(g.Refresh); err != nil {
				t.Errorf("%s: the last session, or another's: %v", name, err)
			}
		}
	}
}

func genOf(t *testing.T, h *testEngine, subject string) int64 {
	t.Helper()
	id, err := h.Tokens().User(context.Background(), subject)
	h.must(err)
	return id.Gen
}
