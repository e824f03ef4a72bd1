package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

const day = 24 * time.Hour

// tokensOf returns a policy with this token lifetime.
func tokensOf(life time.Duration) core.TokenPolicy {
	return core.TokenPolicy{MaxTTL: life, AccessTTL: life}
}

// endings are the ways to end a token of bob's session g.
var endings = map[string]func(context.Context, *testEngine, core.TokenPair) error{
	"session": func(ctx context.Context, h *testEngine, g core.TokenPair) error {
		return h.Admin().EndSession(ctx, g.Session, "stolen", "op")
	},
	"logout": func(ctx context.Context, h *testEngine, g core.TokenPair) error {
		return h.Tokens().Logout(ctx, api.Identity{Proof: api.Proof{Session: g.Session}})
	},
	"refresh token": func(ctx context.Context, h *testEngine, g core.TokenPair) error {
		return h.Tokens().RevokeToken(ctx, g.Refresh)
	},
	"token": func(ctx context.Context, h *testEngine, g core.TokenPair) error {
		return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeToken, Key: g.Access.ID})
	},
	"everything": func(ctx context.Context, h *testEngine, _ core.TokenPair) error {
		return h.Tokens().LogoutAll(ctx, h.bob.Subject, "stolen", "op")
	},
	"user": func(ctx context.Context, h *testEngine, _ core.TokenPair) error {
		_, err := h.Admin().RevokeUser(ctx, "bob", "stolen", "op")
		return err
	},
	"password": func(ctx context.Context, h *testEngine, _ core.TokenPair) error {
		return h.accounts.SetPassword(ctx, h.bob.Subject, "another password", "op")
	},
	"roles": func(ctx context.Context, h *testEngine, _ core.TokenPair) error {
		return h.accounts.SetRoles(ctx, h.bob.Subject, []string{"editor"}, "op")
	},
	"address": func(ctx context.Context, h *testEngine, _ core.TokenPair) error {
		email := "new@example.org"
		return h.accounts.Update(ctx, h.bob.Subject, users.Change{Email: &email}, "op")
	},
	"disabled": func(ctx context.Context, h *testEngine, _ core.TokenPair) error {
		return joined(h.accounts.SetDisabled(ctx, h.bob.Subject, true, "op"), h.accounts.SetDisabled(ctx, h.bob.Subject, false, "op"))
	},
	"deleted": func(ctx context.Context, h *testEngine, _ core.TokenPair) error {
		return h.accounts.Delete(ctx, h.bob, "op")
	},
}

func joined(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestRemember tests how tokens may live longer than the engine was configured for: their
// revocations must be kept until they would have expired.
func TestRemember(t *testing.T) {
	ctx := context.Background()
	reload := func(h *testEngine, life time.Duration) *testEngine {
		p := h.config.Policy
		p.Tokens = tokensOf(life)
		h.must(h.Reload(ctx, p))
		return h
	}
	restart := func(h *testEngine, life time.Duration) *testEngine {
		again := *h
		again.config.Policy.Tokens = tokensOf(life)
		var err error
		again.Engine, err = core.New(ctx, again.config)
		h.must(err)
		t.Cleanup(func() { again.Close() })
		again.accounts, err = again.Admin().Accounts()
		h.must(err)
		return &again
	}
	keep := func(h *testEngine, _ time.Duration) *testEngine { return h }
	for _, c := range []struct {
		name                  string
		first                 core.TokenPolicy
		longer, shorter, back func(*testEngine, time.Duration) *testEngine
		given                 bool // whether the program passes its own directory
	}{
		{"as made", tokensOf(90 * day), keep, keep, keep, false},
		{"with a directory of its own", tokensOf(90 * day), keep, keep, keep, true},
		{"reloaded", core.TokenPolicy{}, reload, keep, keep, false},
		{"reloaded with a directory of its own", core.TokenPolicy{}, reload, keep, keep, true},
		{"reloaded, and shorter in between", core.TokenPolicy{}, reload, reload, reload, false},
		{"shorter in between, by a restart", core.TokenPolicy{}, restart, restart, restart, false},
		{"made long, shorter in between", tokensOf(90 * day), keep, restart, reload, false},
		{"made long, shorter in between, own directory", tokensOf(90 * day), keep, restart, restart, true},
	} {
		for what, end := range endings {
			h := newTestEngine(t, func(cfg *core.Config) { ownParts(t, cfg, c.given); cfg.Policy.Tokens = c.first })
			h = c.longer(h, 90*day)
			g, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: h.bob.Identity("store"), AccessLife: 80 * day})
			h.must(err)
			h = c.shorter(h, time.Hour)
			h.clock.advance(time.Minute)
			h.must(end(ctx, h, g))
			h = c.back(h, 90*day)
			h.clock.advance(40 * day)
			h.must(joined(h.Admin().Upkeep(ctx), h.Admin().Prune(ctx)))
			h = restart(h, 90*day)
			if d := h.decide("/api/x", bearer(g.Access.Text.Reveal())); d.Outcome == core.Allowed {
				t.Errorf("%s: the token passes 40 days after its end by %s", c.name, what)
			}
		}
	}
}

// ownParts sets a store and keys that outlive the engine, and optionally a directory.
func ownParts(t *testing.T, cfg *core.Config, directory bool) {
	t.Helper()
	s := memory.New()
	t.Cleanup(func() { s.Close() })
	ring, err := keys.Open(context.Background(), keys.Config{Now: cfg.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ring.Close() })
	cfg.Store, cfg.Keys = s, ring
	if directory {
		cfg.Directories = []users.Directory{users.NewStore(s, users.StoreConfig{Passwords: cfg.Passwords, Now: cfg.Now})}
	}
}

// TestRevoke_expires: a revocation of something that ends with its tokens is kept as long as
// a token lives; one that also holds for API keys has no end, and a given end stays.
func TestRevoke_expires(t *testing.T) {
	for kind, ends := range map[api.RevocationKind]bool{
		api.RevokeToken: true, api.RevokeSession: true, api.RevokeKey: true, api.RefreshUser: true, api.RevokeClient: false, api.RevokeSubject: false,
	} {
		store := memory.New()
		t.Cleanup(func() { store.Close() })
		h := newTestEngine(t, func(c *core.Config) { c.Store, c.Policy.Tokens = store, tokensOf(day) })
		given := h.clock.Now().Add(time.Minute)
		h.must(h.Tokens().Revoke(context.Background(), api.Revocation{Kind: kind, Key: "x"}))
		h.must(h.Tokens().Revoke(context.Background(), api.Revocation{Kind: kind, Key: "given", Expires: given}))
		list, err := store.RevocationsSince(context.Background(), 0, time.Time{}, 100)
		h.must(err)
		found := 0
		for _, r := range list {
			switch {
			case r.Kind != kind:
			case r.Key == "x":
				found++
				if ends != !r.Expires.IsZero() || ends && r.Expires.Before(h.clock.Now().Add(day)) {
					t.Errorf("%s is kept until %v, want an end: %v", kind, r.Expires, ends)
				}
			case r.Key == "given":
				found++
				if !r.Expires.Equal(given) {
					t.Errorf("%s is kept until %v, want %v", kind, r.Expires, given)
				}
			}
		}
		if found != 2 {
			t.Errorf("%s: the log has %d of 2", kind, found)
		}
	}
}
