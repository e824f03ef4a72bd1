package core_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// TestUpkeep_byItself: an engine stores the last uses of API keys by itself, unless this is
// switched off.
func TestUpkeep_byItself(t *testing.T) {
	for name, every := range map[string]time.Duration{"by default": 0, "never": -1} {
		synctest.Test(t, func(t *testing.T) {
			s := memory.New()
			h := newTestEngine(t, func(c *core.Config) { c.Store, c.UpkeepEvery, c.Now = s, every, time.Now })
			text, id := h.apiKey(core.NewAPIKey{Subject: "u_alice"})
			h.passes("the key", keyHeader(text), "alice")
			time.Sleep(5 * time.Second)
			key, err := s.APIKey(t.Context(), id)
			if h.must(err); key.LastUsed.IsZero() != (every < 0) {
				t.Errorf("%s: the key was used at %s", name, key.LastUsed)
			}
			h.must(h.Close())
		})
	}
}

// TestPrune_byItself tests the same for expired sessions.
func TestPrune_byItself(t *testing.T) {
	for name, every := range map[string]time.Duration{"by default": 0, "never": -1} {
		synctest.Test(t, func(t *testing.T) {
			h := newTestEngine(t, func(c *core.Config) { c.PruneEvery, c.Now = every, time.Now })
			g, err := h.Tokens().StartSession(t.Context(), core.BeginRequest{Identity: h.alice.Identity("store"), RefreshLife: time.Hour})
			h.must(err)
			time.Sleep(100 * 24 * time.Hour)
			if _, err := h.Admin().Session(t.Context(), g.Session); (err != nil) != (every == 0) {
				t.Errorf("%s: the session that is over: %v", name, err)
			}
			h.must(h.Close())
		})
	}
}
