package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestRevokeByID: revoking something by id a second time is a conflict. A closed session
// whose access tokens are still valid can be revoked.
func TestRevokeByID(t *testing.T) {
	ctx := context.Background()
	h := newHeld(t)
	h.must(h.Tokens().CloseSession(ctx, h.session, "logout", "bob"))
	for name, revoke := range map[string]func() (core.Revoked, error){
		"session": func() (core.Revoked, error) { return h.Admin().RevokeSessionID(ctx, h.session, "stolen", "op") },
		"API key": func() (core.Revoked, error) { return h.Admin().RevokeAPIKeyID(ctx, h.keyID, "stolen", "op") },
	} {
		got, err := revoke()
		if err != nil || got.What != name || got.Login != "bob" {
			t.Errorf("%s: got %+v, %v; want What %v and Login \"bob\"", name, got, err, name)
		}
		if _, err := revoke(); !errors.Is(err, core.ErrConflict) {
			t.Errorf("%s, once more: %v; want a conflict", name, err)
		}
	}
	h.refused("a token of the closed session", bearer(h.access.Reveal()), api.ReasonTokenRevoked)
	for id, reason := range map[string]string{h.session: core.ReasonSessionID, h.keyID: core.ReasonAPIKeyID} {
		if _, err := h.Admin().RevokeTokenID(ctx, "", id, "stolen", "op"); api.ReasonOf(err) != reason {
			t.Errorf("%s as the id of a token: %v; want %s", id, err, reason)
		}
	}
}

// TestRevokeTokenID_foreign: the id reported for an external token identifies the same
// token, with or without the issuer as an argument.
func TestRevokeTokenID_foreign(t *testing.T) {
	ctx := context.Background()
	p := newPartner(t)
	for _, issuer := range []string{"", "partner"} {
		for _, id := range []string{"j", "issuer:partner:j"} {
			h := p.testEngine(nil)
			text := p.token(h, api.Claim{Name: "jti", Value: "j"})
			got, err := h.Admin().RevokeTokenID(ctx, issuer, id, "stolen", "op")
			theirs := issuer != "" || id != "j"
			if err != nil || theirs != (got.Issuer == "partner") {
				t.Errorf("%q %q: got %+v, %v; want issuer partner: %v", issuer, id, got, err, theirs)
			}
			if refused := h.decide("/api/x", bearer(text)).Outcome != core.Allowed; refused != theirs {
				t.Errorf("%q %q: their token is refused: %t, want %t", issuer, id, refused, theirs)
			}
		}
	}
}

// TestInspect: Introspect reports whether a credential would be accepted and consumes none.
func TestInspect(t *testing.T) {
	ctx := context.Background()
	h := newHeld(t)
	inspect := func(what string, text api.Secret, live bool) {
		t.Helper()
		got, err := h.Introspect(ctx, text)
		if err != nil || got.What != what || got.State.Live != live || live && got.Login != "bob" {
			t.Errorf("%s: %+v, %v; want live %t", what, got, err, live)
		}
	}
	for range 2 {
		inspect("access token", h.access, true)
		inspect("refresh token", h.refresh, true)
		inspect("API key", h.key, true)
	}
	inspect("API key", h.key[:20], false)
	inspect("refresh token", h.refresh[:20], false)
	inspect("access token", "garbage", false)
	g, err := h.Tokens().Refresh(ctx, core.RefreshRequest{Token: h.refresh})
	h.must(err)
	inspect("refresh token", h.refresh, true) // within the grace period
	h.clock.advance(time.Minute)
	inspect("refresh token", h.refresh, false)
	inspect("refresh token", g.Refresh, true) // an earlier use did not end the session
	next, err := h.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh})
	h.must(err)
	h.must(h.Admin().EndSession(ctx, g.Session, "test", "op"))
	for _, text := range []api.Secret{g.Refresh, next.Refresh} { // the first would be within its grace
		got, err := h.Introspect(ctx, text)
		if err != nil || got.State.Live || got.State.Why == "" || got.Note != "" {
			t.Errorf("a refresh token of a session that has ended: %+v, %v", got, err)
		}
	}
	h.must(h.accounts.SetDisabled(ctx, h.bob.Subject, true, "op"))
	inspect("access token", g.Access.Text, false)
	inspect("refresh token", g.Refresh, false)
	inspect("API key", h.key, false)
}

// TestInspect_mountRefresh: the mount decides whether a used refresh token returns its
// successor again, so Introspect does not mention the engine's grace period.
func TestInspect_mountRefresh(t *testing.T) {
	f := newFaulty(t)
	f.prepare()
	ctx := context.Background()
	for _, live := range []bool{true, false} {
		got, err := f.Introspect(ctx, f.shop.Refresh)
		if err != nil || got.State.Live != live || (got.Note == "") != live || !live && !strings.Contains(got.State.Why, "refresh_grace") {
			t.Errorf("want live %t: %+v, %v", live, got, err)
		}
		if live {
			_, err = f.Tokens().Refresh(ctx, core.RefreshRequest{Token: f.shop.Refresh, TokenFormat: "shop"})
			f.must(err)
		}
	}
}
