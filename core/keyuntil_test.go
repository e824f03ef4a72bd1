package core_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// TestKeyUntil: tokens signed with a replaced key of a format are accepted until the key
// ends, even if cached, and no token is signed with it.
func TestKeyUntil(t *testing.T) {
	old := api.Key{Algorithm: "HS256", Private: []byte("0123456789abcdef0123456789abcdef"), Public: []byte("0123456789abcdef0123456789abcdef")}
	now := api.Key{Algorithm: "HS256", Private: []byte("fedcba9876543210fedcba9876543210"), Public: []byte("fedcba9876543210fedcba9876543210")}
	format := func(keys ...api.Key) core.TokenFormat {
		l := core.NativeTokenFormat("https://shop.example")
		l.Name, l.Keys = "shop", keys
		return l
	}
	h := newTestEngine(t, func(c *core.Config) { c.Policy.TokenFormats = []core.TokenFormat{format(old)} })
	first, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.alice.Identity("store"), TokenFormat: "shop", Lifetime: 2 * time.Hour})
	h.must(err)

	previous := old
	previous.Private, previous.Until = nil, h.clock.Now().Add(time.Hour)
	next := h.config.Policy
	next.TokenFormats = []core.TokenFormat{format(now, previous)}
	h.must(h.Reload(t.Context(), next))
	second, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.alice.Identity("store"), TokenFormat: "shop", Lifetime: 2 * time.Hour})
	h.must(err)
	parsed, err := token.Parse(second.Text.Reveal())
	h.must(err)
	if _, err := parsed.Verify(now); err != nil {
		t.Errorf("the new key did not sign: %v", err)
	}
	for _, step := range []struct {
		wait        time.Duration
		old, passes bool
	}{{0, true, true}, {time.Hour - time.Second, true, true}, {time.Second, true, false}, {0, false, true}} {
		h.clock.advance(step.wait)
		text := second.Text.Reveal()
		if step.old {
			text = first.Text.Reveal()
		}
		for range 2 {
			if d := h.decide("/api/x", bearer(text)); (d.Outcome == core.Allowed) != step.passes {
				t.Errorf("after %s, old %v: got %v (%v), want allowed: %v", step.wait, step.old, d.Outcome, d.Err, step.passes)
			}
		}
		if _, err := h.Verify(t.Context(), core.VerifyRequest{Token: text, TokenFormat: "shop"}); (err == nil) != step.passes {
			t.Errorf("after %s, old %v: verify says %v", step.wait, step.old, err)
		}
	}
}

// TestKeyUntil_weak: the engine has signed in the place of a weak key; what it signed is
// accepted as long as the weak key is.
func TestKeyUntil_weak(t *testing.T) {
	strong := []byte("fedcba9876543210fedcba9876543210")
	weak := api.Key{Algorithm: "HS256", Public: []byte("hunter2"), Weak: true}
	format := func(keys ...api.Key) core.TokenFormat {
		l := core.NativeTokenFormat("https://shop.example")
		l.Name, l.Keys = "shop", keys
		return l
	}
	h := newTestEngine(t, func(c *core.Config) { c.Policy.TokenFormats = []core.TokenFormat{format(weak)} })
	issued, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.alice.Identity("store"), TokenFormat: "shop", Lifetime: 2 * time.Hour})
	h.must(err)
	for _, step := range []struct {
		name   string
		until  time.Duration // end of the weak key beside a strong one; 0: it is gone
		wait   time.Duration
		passes bool
	}{{"replaced", time.Hour, 0, true}, {"taken out", 0, 0, false}, {"put back", time.Hour, 0, true}, {"at its end", time.Hour, time.Hour, false}} {
		list := []api.Key{{Algorithm: "HS256", Private: strong, Public: strong}}
		if step.until != 0 {
			ending := weak
			ending.Until = h.clock.Now().Add(step.until)
			list = append(list, ending)
		}
		next := h.config.Policy
		next.TokenFormats = []core.TokenFormat{format(list...)}
		h.must(h.Reload(t.Context(), next))
		h.clock.advance(step.wait)
		if d := h.decide("/api/x", bearer(issued.Text.Reveal())); (d.Outcome == core.Allowed) != step.passes {
			t.Errorf("%s: decide: got %v (%v), want allowed: %v", step.name, d.Outcome, d.Err, step.passes)
		}
		if _, err := h.Verify(t.Context(), core.VerifyRequest{Token: issued.Text.Reveal(), TokenFormat: "shop"}); (err == nil) != step.passes {
			t.Errorf("%s: verify says %v", step.name, err)
		}
	}
}
