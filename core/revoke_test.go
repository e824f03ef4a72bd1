package core_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// A change ends the credentials before the call returns and without a poll, even if they
// are cached or were issued in the same second.
func TestAccounts_changesEndCredentials(t *testing.T) {
	ctx := context.Background()
	tests := []struct {
		name                 string
		change               func(*testEngine) error
		token, basic, apiKey string // reasons afterwards; "" if still accepted
	}{
		{"disabled", func(h *testEngine) error { return h.accounts.SetDisabled(ctx, h.bob.Subject, true, "test") },
			api.ReasonTokenRevoked, api.ReasonDisabled, api.ReasonDisabled},
		{"deleted", func(h *testEngine) error { return h.accounts.Delete(ctx, h.bob, "test") },
			api.ReasonTokenRevoked, api.ReasonUnknownUser, api.ReasonAPIKey},
		{"password", func(h *testEngine) error { return h.accounts.SetPassword(ctx, h.bob.Subject, "another horse", "test") },
			api.ReasonTokenRevoked, api.ReasonWrongPassword, ""}, // a key does not depend on the password
		{"roles", func(h *testEngine) error { return h.accounts.SetRoles(ctx, h.bob.Subject, []string{"editor"}, "test") },
			api.ReasonTokenRevoked, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestEngine(t, nil)
			token, basic := bearer(h.token("bob")), basicHeader("bob", password)
			text, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
			other := bearer(h.token("alice"))
			for range 2 { // the second time from memory
				h.passes("token", token, "bob")
				h.passes("basic", basic, "bob")
				h.passes("key", keyHeader(text), "bob")
			}
			h.must(tt.change(h))
			for what, x := range map[string]struct {
				header api.Header
				reason string
			}{"token": {token, tt.token}, "basic": {basic, tt.basic}, "key": {keyHeader(text), tt.apiKey}} {
				if x.reason == "" {
					h.passes(what, x.header, "bob")
				} else {
					h.refused(what, x.header, x.reason)
				}
			}
			h.passes("somebody else's token", other, "alice")
		})
	}
}

func TestAccounts_newTokenAfterPasswordChange(t *testing.T) {
	h := newTestEngine(t, nil)
	old := bearer(h.token("bob"))
	h.must(h.accounts.SetPassword(context.Background(), h.bob.Subject, password, "test"))
	h.refused("token from before", old, api.ReasonTokenRevoked)
	h.passes("token of the same second from after", bearer(h.token("bob")), "bob")
}

// With revocation switched off no credential ends, but the user's roles are read again.
func TestAccounts_rolesWithoutRevocation(t *testing.T) {
	ctx := context.Background()
	h := newTestEngine(t, func(c *core.Config) {
		s := memory.New()
		c.Store = s
		c.Directories = []users.Directory{users.NewStore(s, users.StoreConfig{
			Passwords: c.Passwords, RevokeOn: users.RevokeOn{Role: users.Off, Disable: users.Off},
		})}
	})
	text, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	token := bearer(h.token("bob"))
	headers := map[string]api.Header{"key": keyHeader(text), "basic": basicHeader("bob", password)}
	for what, header := range headers {
		h.passes(what, header, "bob")
	}
	h.must(h.accounts.SetRoles(ctx, h.bob.Subject, []string{"owner"}, "test"))
	for what, header := range headers {
		if d := h.decide("/admin/x", header); d.Outcome != core.Allowed || d.Headers.Get("X-Auth-Roles") != "owner" {
			t.Errorf("%s after the change: got %v and roles %q, want owner", what, d.Err, d.Identity.Roles)
		}
	}
	h.passes("token", token, "bob")
	h.must(h.accounts.SetDisabled(ctx, h.bob.Subject, true, "test"))
	for what, header := range headers {
		h.refused(what, header, api.ReasonDisabled)
	}
}

func TestAccounts_revokeAPIKey(t *testing.T) {
	h := newTestEngine(t, nil)
	first, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	second, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	h.passes("first", keyHeader(first), "bob")
	h.passes("second", keyHeader(second), "bob")
	h.must(h.accounts.RevokeAPIKey(context.Background(), id, "test"))
	h.refused("the revoked one", keyHeader(first), api.ReasonTokenRevoked)
	h.passes("the other", keyHeader(second), "bob")
	h.clock.advance(60 * 24 * time.Hour) // after the log has pruned the revocation
	if d := h.decide("/api/x", keyHeader(first)); d.Outcome == core.Allowed {
		t.Error("a revoked key is valid again")
	}
}

func TestAccounts_createAPIKey(t *testing.T) {
	h := newTestEngine(t, nil)
	ctx := context.Background()
	if _, _, err := h.accounts.CreateAPIKey(ctx, core.NewAPIKey{Subject: "u_nobody"}, "test"); err == nil {
		t.Error("created a key for an unknown user")
	}
	if _, _, err := h.accounts.CreateAPIKey(ctx, core.NewAPIKey{Subject: h.bob.Subject, Life: -1}, "test"); api.CodeOf(err) != api.Invalid {
		t.Errorf("a key with a negative life: got %v, want code %s", err, api.Invalid)
	}
	text, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject, Life: time.Minute})
	h.passes("in its life", keyHeader(text), "bob")
	h.clock.advance(time.Minute)
	h.refused("remembered, and over", keyHeader(text), api.ReasonAPIKey)
}

func TestRevoke(t *testing.T) {
	tests := []struct {
		name string
		row  func(*testEngine, core.Issued) api.Revocation
		rest bool // whether another token of the same user stays valid
	}{
		{"token", func(_ *testEngine, i core.Issued) api.Revocation {
			return api.Revocation{Kind: api.RevokeToken, Key: i.ID}
		}, true},
		{"session", func(_ *testEngine, i core.Issued) api.Revocation {
			return api.Revocation{Kind: api.RevokeSession, Key: i.Session}
		}, true},
		{"subject", func(h *testEngine, _ core.Issued) api.Revocation {
			return api.Revocation{Kind: api.RevokeSubject, Key: h.bob.Subject}
		}, false},
		{"generation", func(h *testEngine, _ core.Issued) api.Revocation {
			return api.Revocation{Kind: api.RevokeSubject, Key: h.bob.Subject, MinGen: 2}
		}, false},
		{"signing key", func(h *testEngine, _ core.Issued) api.Revocation {
			return api.Revocation{Kind: api.RevokeKey, Key: h.Keys().Active().ID}
		}, false},
		{"all", func(*testEngine, core.Issued) api.Revocation { return api.Revocation{Kind: api.RevokeAll} }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestEngine(t, nil)
			issued, other := h.issue(h.bob.Identity("store")), h.issue(h.bob.Identity("store"))
			header := bearer(issued.Text.Reveal())
			h.passes("before", header, "bob")
			h.must(h.Tokens().Revoke(context.Background(), tt.row(h, issued)))
			h.refused("after", header, api.ReasonTokenRevoked)
			if _, err := h.Verify(context.Background(), core.VerifyRequest{Token: issued.Text.Reveal()}); api.ReasonOf(err) != api.ReasonTokenRevoked {
				t.Errorf("Verify says %v", err)
			}
			if d := h.decide("/api/x", bearer(other.Text.Reveal())); (d.Outcome == core.Allowed) != tt.rest {
				t.Errorf("another token: got %v, want it valid: %v", d.Err, tt.rest)
			}
		})
	}
}

// A revocation by time also applies to API keys, which never expire, so it must be kept
// longer than any token lives.
func TestRevoke_apiKeysStayDead(t *testing.T) {
	for _, kind := range []api.RevocationKind{api.RevokeSubject, api.RevokeAll} {
		h := newTestEngine(t, func(c *core.Config) { c.Store = memory.New() })
		text, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
		h.passes("before", keyHeader(text), "bob")
		h.clock.advance(time.Second)
		h.must(h.Tokens().Revoke(context.Background(), api.Revocation{Kind: kind, Key: h.bob.Subject}))
		h.refused("after", keyHeader(text), api.ReasonTokenRevoked)
		h.clock.advance(400 * 24 * time.Hour)
		rows, err := h.config.Store.RevocationsSince(context.Background(), 0, time.Time{}, 100)
		h.must(err)
		_, err = h.config.Store.PruneRevocations(context.Background(), h.clock.Now())
		h.must(err)
		left, err := h.config.Store.RevocationsSince(context.Background(), 0, time.Time{}, 100)
		h.must(err)
		if !slices.ContainsFunc(left, func(r api.Revocation) bool { return r.Kind == kind }) {
			t.Errorf("%s: the log had %d rows and keeps %d, without this one", kind, len(rows), len(left))
		}
		h.refused("a year later", keyHeader(text), api.ReasonTokenRevoked)
	}
}

func TestRevoke_refuses(t *testing.T) {
	h := newTestEngine(t, nil)
	for _, r := range []api.Revocation{
		{}, {Kind: "nonsense", Key: "x"}, {Kind: api.RevokeToken}, {Kind: api.RevokeSubject}, {Kind: api.RevokeAPIKey, Key: "x"},
	} {
		if err := h.Tokens().Revoke(context.Background(), r); api.CodeOf(err) != api.Invalid {
			t.Errorf("%+v: got %v, want code invalid", r, err)
		}
	}
}

func TestCache_endsWithWhatItRestsOn(t *testing.T) {
	ctx := context.Background()
	t.Run("key rotation", func(t *testing.T) {
		h := newTestEngine(t, nil)
		header := bearer(h.token("bob"))
		h.passes("before", header, "bob")
		old := h.Keys().Active().ID
		h.must(h.Admin().RotateKeys(ctx, "test"))
		h.passes("signed by the key before", header, "bob")
		_, err := h.Keys().Remove(ctx, old)
		h.must(err)
		h.refused("key removed", header, api.ReasonTokenKey)
	})
	t.Run("policy", func(t *testing.T) {
		h := newTestEngine(t, nil)
		header := bearer(h.token("bob"))
		h.passes("before", header, "bob")
		next := h.config.Policy
		next.Tokens.Issuer = "somebody-else"
		h.must(h.Reload(ctx, next))
		h.refused("issuer changed", header, api.ReasonTokenIssuer)
		next.Methods = next.Methods[:2]
		h.must(h.Reload(ctx, next))
		h.refused("method gone", header, api.ReasonBadCredential)
		h.must(h.Reload(ctx, h.config.Policy))
		h.passes("as it was", header, "bob")
	})
	t.Run("a policy that is refused changes nothing", func(t *testing.T) {
		h := newTestEngine(t, nil)
		header := bearer(h.token("bob"))
		if err := h.Reload(ctx, core.Policy{Methods: []core.NamedMethod{{}}}); err == nil {
			t.Error("accepted")
		}
		h.passes("still", header, "bob")
	})
	t.Run("expiry", func(t *testing.T) {
		h := newTestEngine(t, nil)
		header := bearer(h.token("bob"))
		h.passes("before", header, "bob")
		h.clock.advance(15 * time.Minute)
		h.refused("expired", header, api.ReasonTokenExpired)
	})
	t.Run("basic is asked for again after a minute", func(t *testing.T) {
		h := newTestEngine(t, nil)
		header := basicHeader("bob", password)
		h.passes("first", header, "bob")
		runs := h.config.Passwords.Runs()
		h.passes("again", header, "bob")
		if n := h.config.Passwords.Runs() - runs; n != 0 {
			t.Errorf("a repeat cost %d hashes", n)
		}
		h.clock.advance(time.Minute)
		h.passes("a minute later", header, "bob")
		if n := h.config.Passwords.Runs() - runs; n != 1 {
			t.Errorf("after a minute %d hashes, want 1", n)
		}
	})
	t.Run("failures are not remembered", func(t *testing.T) {
		h := newTestEngine(t, nil)
		header := basicHeader("bob", "another horse")
		h.refused("wrong", header, api.ReasonWrongPassword)
		h.must(h.accounts.SetPassword(ctx, h.bob.Subject, "another horse", "test"))
		h.passes("right now", header, "bob")
	})
}

func TestDecide_twoEngines(t *testing.T) {
	a, b := newTestEngine(t, nil), newTestEngine(t, nil)
	header := bearer(a.token("bob"))
	a.passes("at home", header, "bob")
	b.refused("abroad", header, api.ReasonTokenKey)
	a.must(a.Tokens().Revoke(context.Background(), api.Revocation{Kind: api.RevokeAll}))
	b.passes("abroad after a revocation at home", bearer(b.token("bob")), "bob")
	a.must(a.accounts.SetDisabled(context.Background(), a.bob.Subject, true, "test"))
	b.passes("the namesake abroad", basicHeader("bob", password), "bob")
}
