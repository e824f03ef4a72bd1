package core_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

// withoutUses is a store that fails to write uses of API keys while fails is set.
func withoutUses(fails *atomic.Bool) *storetest.Failing {
	return &storetest.Failing{Store: memory.New(), Before: func(method string) error {
		if fails.Load() && method == "TouchAPIKeys" {
			return storetest.ErrBroken
		}
		return nil
	}}
}

// use uses a key, and returns when.
func (h *testEngine) use(text string) time.Time {
	h.t.Helper()
	h.clock.advance(time.Minute)
	if d := h.decide("/api/x", keyHeader(text)); d.Outcome != core.Allowed {
		h.t.Fatalf("the key is refused: %v", d.Err)
	}
	return h.clock.Now()
}

// TestUpkeep_usesAgain: a use that could not be stored is stored later; upkeep fails until
// then, and newer uses are kept too.
func TestUpkeep_usesAgain(t *testing.T) {
	ctx := context.Background()
	var fails atomic.Bool
	broken := withoutUses(&fails)
	h := newTestEngine(t, func(c *core.Config) { c.Store = broken })
	for name, again := range map[string]bool{"no use meanwhile": false, "used meanwhile": true} {
		text, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
		used := h.use(text)
		fails.Store(true)
		for range 2 {
			if err := h.Admin().Upkeep(ctx); err == nil {
				t.Errorf("%s: upkeep works while the store takes nothing", name)
			}
			if again {
				used = h.use(text)
			}
		}
		fails.Store(false)
		h.must(h.Admin().Upkeep(ctx))
		if got, err := broken.APIKey(ctx, id); err != nil || !got.LastUsed.Equal(used.Truncate(time.Microsecond)) {
			t.Errorf("%s: last used %v, %v; want %v", name, got.LastUsed, err, used)
		}
	}
}

// TestClose_uses: Close stores the uses since the last upkeep.
func TestClose_uses(t *testing.T) {
	kept := withoutUses(new(atomic.Bool))
	h := newTestEngine(t, func(c *core.Config) { c.Store = kept })
	text, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	used := h.use(text)
	h.must(h.Close())
	if got, err := kept.APIKey(context.Background(), id); err != nil || !got.LastUsed.Equal(used.Truncate(time.Microsecond)) {
		t.Errorf("last used %v, %v; want %v", got.LastUsed, err, used)
	}
}

// TestAPIKeys_usedNow: a listing includes uses that upkeep has not stored yet.
func TestAPIKeys_usedNow(t *testing.T) {
	h := newTestEngine(t, nil)
	text, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	used := h.use(text)
	list, err := h.accounts.APIKeys(context.Background(), "", id, "", 1)
	if err != nil || len(list) != 1 || !list[0].LastUsed.Equal(used.Truncate(time.Microsecond)) {
		t.Errorf("the list says %+v, %v; want a use at %v", list, err, used)
	}
}
