package core_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/methods/basic"
)

func (h *testEngine) tryLogin(login, password string, from string) error {
	_, err := h.Tokens().Login(context.Background(), core.LoginRequest{
		Login: login, Password: api.Secret(password), Peer: api.Peer{Addr: netip.MustParseAddr(from)},
	})
	return err
}

// Unknown users, wrong passwords and disabled users cost one hash each, so that their
// response times do not differ. A throttled login costs none.
func TestLogin_sameWork(t *testing.T) {
	h := newTestEngine(t, nil)
	h.must(h.accounts.SetDisabled(context.Background(), h.newUser("carol").Subject, true, "test"))
	for _, login := range []string{"nobody", "nobody@example.org", "alice", "alice@example.org", "carol"} {
		before := h.config.Passwords.Runs()
		if err := h.tryLogin(login, "wrong horse", "192.0.2.1"); api.CodeOf(err) != api.Unauthenticated {
			t.Errorf("tryLogin(%q, \"wrong horse\", \"192.0.2.1\") = %v, want code %s", login, err, api.Unauthenticated)
		}
		if got := h.config.Passwords.Runs() - before; got != 1 {
			t.Errorf("%s: %d hashes, want 1", login, got)
		}
	}
	if before := h.config.Passwords.Runs(); h.tryLogin("carol", password, "192.0.2.1") == nil || h.config.Passwords.Runs() != before+1 {
		t.Error("a disabled user with the right password costs another number of hashes than 1")
	}
}

// Failures under the login and the e-mail address count together, delay further attempts,
// and do not lock the user out from other addresses.
func TestLogin_throttled(t *testing.T) {
	h := newTestEngine(t, nil)
	var err error
	tries := 0
	for ; tries < 200 && api.CodeOf(err) != api.Throttled; tries++ {
		err = h.tryLogin([]string{"alice", "ALICE", "alice@example.org"}[tries%3], "wrong", "192.0.2.1")
	}
	if e := api.AsError(err); tries > 100 || e.Code != api.Throttled || e.Reason != api.ReasonTooMany || e.RetryAfter <= 0 {
		t.Fatalf("after %d tries: %v", tries, err)
	}
	runs := h.config.Passwords.Runs()
	if err := h.tryLogin("alice", password, "192.0.2.1"); api.CodeOf(err) != api.Throttled || h.config.Passwords.Runs() != runs {
		t.Errorf("a throttled try: %v, and %d hashes", err, h.config.Passwords.Runs()-runs)
	}
	if err := h.tryLogin("nobody", "wrong", "198.51.100.7"); api.CodeOf(err) != api.Unauthenticated {
		t.Errorf("another user at another address: tryLogin(\"nobody\", \"wrong\", \"198.51.100.7\") = %v, want code %s", err, api.Unauthenticated)
	}
	h.tryLogin("alice", password, "198.51.100.7") // may be delayed by the failures of others
	h.clock.advance(5 * time.Second)
	if err := h.tryLogin("alice", password, "198.51.100.7"); err != nil {
		t.Errorf("alice from elsewhere, after a few seconds: %v", err)
	}
	h.clock.advance(time.Hour)
	if err := h.tryLogin("alice", password, "192.0.2.1"); err != nil {
		t.Errorf("after an hour: %v", err)
	}
}

// If Basic accepts only application passwords, the user's own password is refused
// everywhere and does not count as a failed login.
func TestBasic_applicationOnly(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Methods = []core.NamedMethod{{Name: "basic", Opener: basic.Config{ApplicationOnly: true}}}
	})
	for range 200 {
		h.refused("her own password", basicHeader("alice", password), api.ReasonWrongPassword)
	}
	h.refused("nobody's", basicHeader("nobody", password), api.ReasonWrongPassword)
	if err := h.tryLogin("alice", password, "192.0.2.1"); err != nil {
		t.Errorf("her login after that: %v", err)
	}
	var err *core.Error
	for range 200 { // an attempt that could be an application password counts
		err = h.decide("/api/x", basicHeader("alice", "abcd efgh ijkl mnop qrst uvwx")).Err
	}
	if err == nil || err.Code != api.Throttled {
		t.Errorf("guesses are not slowed down: %v", err)
	}
}

func TestAPIKey_rate(t *testing.T) {
	var seen core.RateLimit
	limit := int64(3)
	h := withHooks(t, func(hs *core.Hooks) {
		hs.RateLimit.Bind("x", func(_ context.Context, v core.RateLimit) (core.RateLimit, error) {
			seen = v
			v.Limit, v.Window = limit, time.Minute
			return v, nil
		})
	})
	text, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject, Rate: 60})
	for range 3 {
		h.passes("within the rate", keyHeader(text), "bob")
	}
	d := h.decide("/api/x", keyHeader(text))
	if d.Outcome == core.Allowed || d.Err.Code != api.Throttled || d.Err.RetryAfter <= 0 || d.Err.RetryAfter > 20*time.Second {
		t.Errorf("beyond the rate: got %v", d.Err)
	}
	if seen.Key != id || seen.Kind != "api_key" || seen.Limit != 60 || seen.Route != "all" {
		t.Errorf("rate-limit saw %+v", seen)
	}
	h.clock.advance(20 * time.Second)
	h.passes("a third of a minute later", keyHeader(text), "bob")
	limit = 0
	for range 10 {
		h.passes("without a limit", keyHeader(text), "bob")
	}
}

// TestRateLimit: a hook at rate-limit changes an endpoint's limit and window and nothing
// else.
func TestRateLimit(t *testing.T) {
	h := withHooks(t, func(hs *core.Hooks) {
		hs.RateLimit.Bind("x", func(_ context.Context, v core.RateLimit) (core.RateLimit, error) {
			return core.RateLimit{Kind: "other", Key: "other", Route: "other", Limit: 2 * v.Limit, Window: v.Window + time.Second}, nil
		})
	})
	was := core.RateLimit{Kind: "login", Key: "k", Route: "all", Limit: 5, Window: time.Minute}
	want := was
	want.Limit, want.Window = 10, time.Minute+time.Second
	if got, err := h.RateLimit(t.Context(), was); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestAPIKey_rotate(t *testing.T) {
	ctx := context.Background()
	h := newTestEngine(t, nil)
	first, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	h.passes("before", keyHeader(first), "bob")
	second, err := h.accounts.RotateAPIKey(ctx, id, time.Hour, "test")
	h.must(err)
	h.passes("the new secret", keyHeader(second.Reveal()), "bob")
	h.passes("the old one in the overlap", keyHeader(first), "bob")
	h.clock.advance(time.Hour)
	h.refused("the old one afterwards", keyHeader(first), api.ReasonAPIKey)
	h.passes("the new one", keyHeader(second.Reveal()), "bob")
	third, err := h.accounts.RotateAPIKey(ctx, id, 0, "test")
	h.must(err)
	h.refused("without an overlap", keyHeader(second.Reveal()), api.ReasonAPIKey)
	h.passes("the third", keyHeader(third.Reveal()), "bob")
	for _, overlap := range []time.Duration{-1, 91 * 24 * time.Hour} {
		if _, err := h.accounts.RotateAPIKey(ctx, id, overlap, "test"); api.CodeOf(err) != api.Invalid {
			t.Errorf("overlap %s: got %v, want code %s", overlap, err, api.Invalid)
		}
	}
	if _, err := h.accounts.RotateAPIKey(ctx, "nothing", 0, "test"); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("an unknown key: RotateAPIKey(\"nothing\", 0, \"test\") = %v, want error %q", err, core.ErrNotFound)
	}
	h.must(h.accounts.RevokeAPIKey(ctx, id, "test"))
	if _, err := h.accounts.RotateAPIKey(ctx, id, 0, "test"); !errors.Is(err, core.ErrConflict) {
		t.Errorf("a revoked key: got %v, want error %q", err, core.ErrConflict)
	}
}

func TestReportLeaked(t *testing.T) {
	ctx := context.Background()
	h := newTestEngine(t, nil)
	text, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	other, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	for _, harmless := range []string{"", "cdk_", text[:len(text)-1], other[:14] + text[14:]} {
		h.must(h.Tokens().ReportLeaked(ctx, api.Secret(harmless), api.Peer{}))
	}
	h.passes("after reports of other texts", keyHeader(text), "bob")
	h.must(h.Tokens().ReportLeaked(ctx, api.Secret(text), api.Peer{Addr: netip.MustParseAddr("192.0.2.1")}))
	h.refused("the leaked key", keyHeader(text), api.ReasonTokenRevoked)
	h.passes("another key", keyHeader(other), "bob")
}

// Last uses are stored in batches, even if keys cannot be rotated.
func TestUpkeep(t *testing.T) {
	ctx := context.Background()
	var rotated []string
	h := withHooks(t, func(hs *core.Hooks) {
		hs.KeyRotated.Bind("x", func(_ context.Context, ev core.Event) error {
			rotated = append(rotated, ev.Target+" by "+ev.Actor)
			return nil
		})
	})
	text, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	used := h.clock.Now()
	h.passes("once", keyHeader(text), "bob")
	h.must(h.Admin().Upkeep(ctx))
	list, err := h.accounts.APIKeys(ctx, h.bob.Subject, id[:4], "", 10)
	if err != nil || len(list) != 1 || !list[0].LastUsed.Equal(used.Truncate(time.Microsecond)) {
		t.Errorf("got %+v, %v; want it last used at %s", list, err, used)
	}
	h.must(h.Admin().RotateKeys(ctx, "alice"))
	h.drained()
	if want := fmt.Sprintf("%s by alice", h.Keys().Active().ID); len(rotated) != 1 || rotated[0] != want {
		t.Errorf("key-rotated reported %q, want %q", rotated, want)
	}
	h.must(h.Admin().Prune(ctx))
}

// Keys rotate on schedule without an operator, and tokens signed with the old key stay
// valid until they expire.
func TestUpkeep_schedule(t *testing.T) {
	clock := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	ring, err := keys.Open(context.Background(), keys.Config{Now: clock.Now, Schedule: keys.Schedule{
		RotateEvery: 24 * time.Hour, PublishAhead: time.Hour, KeepFor: time.Hour,
	}})
	if err != nil {
		t.Fatal(err)
	}
	h := newTestEngine(t, func(c *core.Config) { c.Keys, c.Now = ring, clock.Now })
	first := ring.Active().ID
	for ring.Active().ID == first {
		clock.advance(time.Minute)
		if clock.Now().Day() > 3 {
			t.Fatal("the key was not replaced")
		}
		old := bearer(h.token("bob"))
		h.must(h.Admin().Upkeep(context.Background()))
		h.passes("issued a moment before", old, "bob")
	}
	h.passes("issued under the new key", bearer(h.token("bob")), "bob")
	if list := ring.All(); len(list) != 1 && len(list) != 2 {
		t.Errorf("%d keys", len(list))
	}
}

func TestRevokeKey(t *testing.T) {
	h := newTestEngine(t, nil)
	token, kid := bearer(h.token("bob")), h.Keys().Active().ID
	h.passes("before", token, "bob")
	h.must(h.Admin().RevokeKey(context.Background(), kid, "test"))
	if d := h.decide("/api/x", token); d.Outcome == core.Allowed {
		t.Error("a token of a key that leaked passes")
	}
	h.passes("of the next key", bearer(h.token("bob")), "bob")
	if err := h.Admin().RevokeKey(context.Background(), "nothing", "test"); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("an unknown key: RevokeKey(\"nothing\", \"test\") = %v, want error %q", err, core.ErrNotFound)
	}
}
