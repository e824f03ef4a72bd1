package core

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/token"
)

// A token that is refused only for now, since its nbf or iat has not come or its user is
// disabled, counts later. Who takes it back means that as well.

// revokeLater revokes an access token that is refused with cause. It returns cause as
// what is not revoked if the token cannot come to count.
func (e *Engine) revokeLater(ctx context.Context, p *compiled.Policy, text string, reason, actor string, cause error) (Revoked, error) {
	nothing := nothingRevoked("the token is not accepted here: %s", api.AsError(cause).Public)
	if sid := e.refreshedBy(ctx, p, text, cause); sid != "" {
		return Revoked{LiveSession: sid}, refreshes(nothing, sid)
	}
	switch api.ReasonOf(cause) {
	case api.ReasonTokenNotYet, api.ReasonDisabled:
	default:
		return Revoked{}, nothing
	}
	id, err := e.verifyLater(ctx, p, text)
	if api.CodeOf(err) == api.Unauthenticated {
		return Revoked{}, nothing
	}
	if err != nil {
		return Revoked{}, err
	}
	issuer, _ := cutForeign(id.Subject)
	r := Revoked{What: "access token", ID: id.Proof.TokenID, Subject: id.Subject, Login: id.Login, Layout: id.Proof.Layout, Issuer: issuer}
	if kind, before := e.index.Revoked(&id); before && kind == api.RevokeToken {
		return e.revokedAlready(ctx, r, id.Proof.Session, kind)
	}
	err = e.Revoke(ctx, api.Revocation{
		Kind: api.RevokeToken, Key: r.ID, Reason: reason, Actor: actor, Expires: id.Proof.ExpiresAt.Add(policy.MaxLeeway),
	})
	if err != nil {
		return Revoked{}, err
	}
	if _, revoked := e.index.Revoked(&id); !revoked {
		return Revoked{}, noEffect("the token will be accepted all the same")
	}
	r.Before = api.AsError(cause).Public
	return e.survivors(ctx, r, id.Proof.Session, nil)
}

// revokedAlready is the answer for a token that was revoked before.
func (e *Engine) revokedAlready(ctx context.Context, r Revoked, sid string, kind api.RevocationKind) (Revoked, error) {
	r, err := e.survivors(ctx, r, sid, revokedBefore("the token was revoked"+revokedWith(kind)))
	if r.LiveSession != "" {
		err = refreshes(err, r.LiveSession)
	}
	return r, err
}

// ReasonSessionLives says that a token is dead, and that its session gives new ones.
const ReasonSessionLives = "session_lives"

// refreshes adds to err that who holds the refresh token of a session gets new tokens.
func refreshes(err error, sid string) error {
	return api.Wrap(api.CodeOf(err), ReasonSessionLives, api.AsError(err).Public+"; "+sessionLives(sid), err)
}

func sessionLives(sid string) string {
	return "its session " + sid + " lives on and can be given new tokens"
}

// refreshedBy returns the session of an access token that has expired or is revoked, if
// it lives on; "" if not, or if that cannot be told.
func (e *Engine) refreshedBy(ctx context.Context, p *compiled.Policy, text string, cause error) string {
	switch api.ReasonOf(cause) {
	case api.ReasonTokenExpired, api.ReasonTokenRevoked:
	default:
		return ""
	}
	id, err := e.verifyLater(ctx, p, text)
	if err != nil || id.Proof.Session == "" {
		return ""
	}
	s, err := e.families.Session(ctx, id.Proof.Session)
	if err != nil || s.Subject != id.Subject {
		return ""
	}
	if state, err := e.SessionState(ctx, s); err != nil || !state.Live {
		return ""
	}
	return s.ID
}

// verifyLater is verify as of a moment at which the token counts, whoever is disabled.
func (e *Engine) verifyLater(ctx context.Context, p *compiled.Policy, text string) (api.Identity, error) {
	t, err := token.Parse(text)
	if err != nil {
		return api.Identity{}, err
	}
	layouts, err := p.Candidates(t, "")
	if err != nil {
		return api.Identity{}, err
	}
	var first error
	for _, l := range layouts {
		id, err := e.verifyLaterAs(ctx, l, t)
		if err == nil {
			return id, nil
		}
		if first == nil || api.CodeOf(err) != api.Unauthenticated {
			first = err
		}
	}
	return api.Identity{}, first
}

func (e *Engine) verifyLaterAs(ctx context.Context, l *compiled.Layout, t *token.Token) (id api.Identity, err error) {
	defer api.Recover("token layout", l.Name, &err)
	verifier, err := e.verifierFor(ctx, l, t)
	if err != nil {
		return api.Identity{}, err
	}
	key, err := verifier.Verify(t)
	if err != nil {
		return api.Identity{}, err
	}
	when := e.now()
	for _, start := range []func() time.Time{t.NotBefore, t.Issued} {
		if start().After(when) {
			when = start()
		}
	}
	if last := t.Expires().Add(-time.Second); last.Before(when) {
		when = last
	}
	if err := t.Check(l.Profile, when); err != nil {
		return api.Identity{}, err
	}
	if id, _, err = l.Read(t.Claims()); err != nil {
		return api.Identity{}, err
	}
	if err := e.nameOwner(ctx, l, &id); err != nil {
		return api.Identity{}, err
	}
	id.Proof = proof(l, t, key)
	return id, nil
}

// nameOwner completes whom a token names, enabled or not.
func (e *Engine) nameOwner(ctx context.Context, l *compiled.Layout, id *api.Identity) error {
	if id.Subject != "" || id.Number <= 0 {
		return nil
	}
	for _, d := range e.in(l.Directory) {
		u, err := d.ByNumber(ctx, id.Number)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return api.Wrap(api.Unavailable, "", "the user directory does not answer", err)
		}
		id.Subject, id.Login = u.Subject, u.Login
		return nil
	}
	return noSuchUser()
}
