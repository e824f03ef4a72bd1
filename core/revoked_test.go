package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// held is an engine with the credentials of bob that the table below revokes.
type held struct {
	*testEngine
	access, refresh, key api.Secret
	session, keyID, jti  string
	loose                core.Issued // an access token without a session
}

func newHeld(t *testing.T) *held {
	h := &held{testEngine: newTestEngine(t, nil)}
	ctx := context.Background()
	g, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: h.bob.Identity("store")})
	h.must(err)
	h.access, h.refresh, h.session, h.jti = g.Access.Text, g.Refresh, g.Session, g.Access.ID
	text, key, err := h.accounts.CreateAPIKey(ctx, core.NewAPIKey{Subject: h.bob.Subject}, "test")
	h.must(err)
	h.key, h.keyID = text, key.ID
	h.loose = h.issue(h.bob.Identity("store"))
	return h
}

// TestRevokeCredential tests what an operator's revocation revokes and reports, and what
// stays valid.
func TestRevokeCredential(t *testing.T) {
	for name, tt := range map[string]struct {
		text func(h *held) api.Secret
		want core.Revoked
		code api.Code // of the error; "" is none
	}{
		"access token":   {func(h *held) api.Secret { return h.access }, core.Revoked{What: "access token", LiveSession: "sid", LiveSessions: 1, LiveAPIKeys: 1}, ""},
		"no session":     {func(h *held) api.Secret { return h.loose.Text }, core.Revoked{What: "access token", LiveSessions: 1, LiveAPIKeys: 1}, ""},
		"refresh token":  {func(h *held) api.Secret { return h.refresh }, core.Revoked{What: "refresh token", Sessions: 1, LiveAPIKeys: 1}, ""},
		"API key":        {func(h *held) api.Secret { return h.key }, core.Revoked{What: "API key", APIKeys: 1, LiveSessions: 1}, ""},
		"garbage":        {func(*held) api.Secret { return "garbage" }, core.Revoked{}, api.NotFound},
		"empty":          {func(*held) api.Secret { return "" }, core.Revoked{}, api.NotFound},
		"a broken token": {func(h *held) api.Secret { return h.access[:len(h.access)-4] }, core.Revoked{}, api.NotFound},
		"half a key":     {func(h *held) api.Secret { return h.key[:12] }, core.Revoked{}, api.NotFound},
		"another secret": {func(h *held) api.Secret {
			old := h.key
			_, err := h.accounts.RotateAPIKey(context.Background(), h.keyID, 0, "test")
			h.must(err)
			return old
		}, core.Revoked{}, api.NotFound},
		"an expired token": {func(h *held) api.Secret { h.clock.advance(30 * 24 * time.Hour); return h.access }, core.Revoked{}, api.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHeld(t)
			text := tt.text(h)
			got, err := h.Admin().RevokeCredential(context.Background(), text, "stolen", "op")
			if api.CodeOf(err) != tt.code && !(tt.code == "" && err == nil) {
				t.Fatalf("got %v, want code %q", err, tt.code)
			}
			if tt.code != "" {
				if !strings.Contains(err.Error(), "nothing was revoked") {
					t.Errorf("the error does not say that nothing was hit: %v", err)
				}
				return
			}
			if tt.want.LiveSession != "" {
				tt.want.LiveSession = h.session
			}
			tt.want.ID, tt.want.Subject, tt.want.Login, tt.want.TokenFormat = got.ID, h.bob.Subject, got.Login, got.TokenFormat
			tt.want.User = h.bob.Login
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			again, err := h.Admin().RevokeCredential(context.Background(), text, "stolen", "op")
			if !errors.Is(err, core.ErrConflict) || again.LiveSessions != tt.want.LiveSessions {
				t.Errorf("a second time: got %+v, %v; want a conflict that names what is still valid", again, err)
			}
		})
	}
}

// TestRevokeCredential_sessionLives: revoking a token that is already invalid reports
// whether its session is live.
func TestRevokeCredential_sessionLives(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		do   func(*held)
		told bool
	}{
		"expired":                {func(h *held) { h.clock.advance(time.Hour) }, true},
		"revoked":                {func(h *held) { h.must(h.Tokens().RevokeToken(ctx, h.access)) }, true},
		"expired, session too":   {func(h *held) { h.clock.advance(1000 * time.Hour) }, false},
		"expired, session ended": {func(h *held) { h.must(h.Admin().EndSession(ctx, h.session, "x", "op")); h.clock.advance(time.Hour) }, false},
	} {
		h := newHeld(t)
		c.do(h)
		got, err := h.Admin().RevokeCredential(ctx, h.access, "stolen", "op")
		if err == nil || (got.LiveSession == h.session) != c.told || strings.Contains(api.AsError(err).Public, "its session "+h.session+" lives on") != c.told {
			t.Errorf("%s: got %+v, %v; want it told that the session lives on: %v", name, got, err, c.told)
		}
	}
}

// TestRevokeCredential_refusedForNow: a token that is refused now but could be accepted
// later is revoked. One that never could be is not, and the error says so.
func TestRevokeCredential_refusedForNow(t *testing.T) {
	ctx := context.Background()
	const hour = int64(3600)
	for name, c := range map[string]struct {
		claims func(now int64) []api.Claim // besides those of a token of the site
		do     func(*testEngine)           // after which it is refused
		later  func(*testEngine)           // after which it would count
		before string                      // why it is refused now; "": nothing is revoked
	}{
		"nbf ahead": {
			claims: func(now int64) []api.Claim { return []api.Claim{{Name: "nbf", Value: now + hour}} },
			later:  func(h *testEngine) { h.clock.advance(61 * time.Minute) }, before: "token not valid yet",
		},
		"its user disabled": {
			do: func(h *testEngine) { h.must(h.accounts.SetDisabled(ctx, h.bob.Subject, true, "op")) },
			later: func(h *testEngine) {
				h.must(h.accounts.SetDisabled(ctx, h.bob.Subject, false, "op"))
			}, before: "this account is disabled",
		},
		"both": {
			claims: func(now int64) []api.Claim { return []api.Claim{{Name: "nbf", Value: now + hour}} },
			do:     func(h *testEngine) { h.must(h.accounts.SetDisabled(ctx, h.bob.Subject, true, "op")) },
			later: func(h *testEngine) {
				h.must(h.accounts.SetDisabled(ctx, h.bob.Subject, false, "op"))
				h.clock.advance(61 * time.Minute)
			}, before: "token not valid yet",
		},
		"nbf after its end": {claims: func(now int64) []api.Claim { return []api.Claim{{Name: "nbf", Value: now + 9*hour}} }},
		"expired":           {do: func(h *testEngine) { h.clock.advance(3 * time.Hour) }},
	} {
		h := newSite(t, func(cfg *core.Config) {
			cfg.Store = memory.New()
			cfg.Directories = []users.Directory{users.NewStore(cfg.Store, users.StoreConfig{
				Passwords: cfg.Passwords, RevokeOn: users.RevokeOn{Disable: users.Off}, Now: cfg.Now,
			})}
		})
		now := h.clock.Now().Unix()
		claims := h.siteClaims(now + 2*hour)
		if c.claims != nil {
			claims = append(claims, c.claims(now)...)
		}
		text := h.signed("JWT", claims...)
		if c.do != nil {
			c.do(h)
		}
		got, err := h.Admin().RevokeCredential(ctx, api.Secret(text), "stolen", "op")
		if c.before == "" {
			if !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s: got %+v, %v; want that nothing was revoked", name, got, err)
			}
			continue
		}
		if err != nil || got.Before != c.before || got.Subject != h.bob.Subject {
			t.Errorf("%s: got %+v, %v; want Before %v and Subject %v", name, got, err, c.before, h.bob.Subject)
		}
		if _, err := h.Admin().RevokeCredential(ctx, api.Secret(text), "stolen", "op"); !errors.Is(err, core.ErrConflict) {
			t.Errorf("%s: once more: got %v, want error %q", name, err, core.ErrConflict)
		}
		c.later(h)
		h.refused(name, bearer(text), api.ReasonTokenRevoked)
	}
}

// TestRevokeUser revokes all credentials of a user, by any name, enabled or not.
func TestRevokeUser(t *testing.T) {
	for name, who := range map[string]func(h *held) string{
		"login":   func(*held) string { return "bob" },
		"subject": func(h *held) string { return h.bob.Subject },
		"disabled": func(h *held) string {
			h.must(h.accounts.SetDisabled(context.Background(), h.bob.Subject, true, "test"))
			return "bob"
		},
	} {
		h := newHeld(t)
		got, err := h.Admin().RevokeUser(context.Background(), who(h), "stolen", "op")
		if err != nil || got.LiveSessions != 0 || got.LiveAPIKeys != 0 || name != "disabled" && (got.Sessions != 1 || got.APIKeys != 1) {
			t.Errorf("%s: got %+v, %v; want no live session and no live API key", name, got, err)
		}
		h.refused("after "+name, bearer(h.access.Reveal()), api.ReasonTokenRevoked)
	}
	h := newHeld(t)
	for _, nobody := range []string{"nobody", "", "issuer:nowhere:5", "issuer:", "issuer:nowhere"} {
		if _, err := h.Admin().RevokeUser(context.Background(), nobody, "x", "op"); api.CodeOf(err) != api.NotFound {
			t.Errorf("%q: got %v, want not found", nobody, err)
		}
	}
}

// TestState_everywhere: a key or session is listed as live if and only if Decide and
// Refresh accept it.
func TestState_everywhere(t *testing.T) {
	ctx := context.Background()
	for name, tt := range map[string]struct {
		do           func(h *held) error
		key, session bool // live afterwards
	}{
		"nothing":    {func(*held) error { return nil }, true, true},
		"everything": {func(h *held) error { return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}) }, false, false},
		"all but API keys": {func(h *held) error {
			return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll, Key: api.SpareAPIKeys})
		}, true, false},
		"the key's client": {func(h *held) error {
			return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeClient, Key: "apikey:" + h.keyID})
		}, false, true},
		"the subject by time": {func(h *held) error {
			return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSubject, Key: h.bob.Subject})
		}, false, false},
		"the key":           {func(h *held) error { return h.accounts.RevokeAPIKey(ctx, h.keyID, "op") }, false, true},
		"the session":       {func(h *held) error { return h.Admin().EndSession(ctx, h.session, "x", "op") }, true, false},
		"user disabled":     {func(h *held) error { return h.accounts.SetDisabled(ctx, h.bob.Subject, true, "op") }, false, false},
		"user deleted":      {func(h *held) error { return h.accounts.Delete(ctx, h.bob, "op") }, false, false},
		"password":          {func(h *held) error { return h.accounts.SetPassword(ctx, h.bob.Subject, "another password", "op") }, true, false},
		"logout everywhere": {func(h *held) error { return h.Tokens().LogoutAll(ctx, h.bob.Subject, "x", "op") }, false, false},
		"one of its tokens": {func(h *held) error { return h.Tokens().RevokeToken(ctx, h.access) }, true, true},
		"everything, then keys": {func(h *held) error {
			h.must(h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}))
			h.clock.advance(time.Second)
			text, err := h.accounts.RotateAPIKey(ctx, h.keyID, time.Hour, "op")
			if d := h.decide("/api/x", keyHeader(h.key.Reveal())); d.Outcome == core.Allowed {
				h.t.Error("the secret from before everything was revoked works on")
			}
			h.key = text
			return err
		}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHeld(t)
			h.clock.advance(time.Second)
			h.must(tt.do(h))
			h.clock.advance(time.Second)
			list, err := h.accounts.APIKeys(ctx, "", h.keyID, "", 1)
			h.must(err)
			state := core.State{Why: "not listed any more"}
			if len(list) > 0 {
				state, err = h.accounts.APIKeyState(ctx, list[0])
			}
			decided := h.decide("/api/x", keyHeader(h.key.Reveal())).Outcome == core.Allowed
			if err != nil || state.Live != tt.key || decided != tt.key || (state.Why == "") != tt.key {
				t.Errorf("key: state %+v, %v; accepted %v, want %v", state, err, decided, tt.key)
			}
			sessions, err := h.Admin().Sessions(ctx, "", "", 10)
			h.must(err)
			if state = (core.State{}); len(sessions) > 0 {
				state, err = h.Admin().SessionState(ctx, sessions[0])
			}
			if err != nil || state.Live != tt.session {
				t.Errorf("session: state %+v, %v, want %v", state, err, tt.session)
			}
			_, refreshed := h.Tokens().Refresh(ctx, core.RefreshRequest{Token: h.refresh})
			if (refreshed == nil) != tt.session {
				t.Errorf("refresh: %v, want it to work: %v", refreshed, tt.session)
			}
		})
	}
}
