package operator

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
)

// A token that is refused only temporarily, because of its nbf or iat or because its user
// is disabled, may become valid later. Revoking it must prevent that.

// revokeLater revokes an access token that is refused with cause. If the token can never
// become valid, it returns NotFound with the text of cause.
func (e *Operator) revokeLater(ctx context.Context, p *compiled.Policy, text string, reason, actor string, cause error) (api.Revoked, error) {
	nothing := nothingRevoked("the token is not accepted here: %s", api.AsError(cause).Public)
	if sid := e.RefreshedBy(ctx, p, text, cause); sid != "" {
		return api.Revoked{LiveSession: sid}, refreshes(nothing, sid)
	}
	switch api.ReasonOf(cause) {
	case api.ReasonTokenNotYet, api.ReasonDisabled:
	default:
		return api.Revoked{}, nothing
	}
	id, err := e.verifier.Later(ctx, p, text)
	if api.CodeOf(err) == api.Unauthenticated {
		return api.Revoked{}, nothing
	}
	if err != nil {
		return api.Revoked{}, err
	}
	r := tokenRevoked(&id)
	if kind, before := e.Index.Revoked(&id); before && (kind == api.RevokeToken || api.ReasonOf(cause) == api.ReasonDisabled) {
		return e.revokedAlready(ctx, r, id.Proof.Session, kind)
	}
	if err := e.revoker.Later(ctx, id, reason, actor); err != nil {
		return api.Revoked{}, err
	}
	if kind, revoked := e.Index.Revoked(&id); !revoked || kind != api.RevokeToken {
		return api.Revoked{}, noEffect("the token will be accepted all the same")
	}
	r.Before = api.AsError(cause).Public
	return e.survivors(ctx, r, id.Proof.Session, nil)
}

// revokedAlready returns the result for a token that is already revoked.
func (e *Operator) revokedAlready(ctx context.Context, r api.Revoked, sid string, kind api.RevocationKind) (api.Revoked, error) {
	r, err := e.survivors(ctx, r, sid, RevokedBefore("the token was revoked"+standing.RevokedWith(kind)))
	if r.LiveSession != "" {
		err = refreshes(err, r.LiveSession)
	}
	return r, err
}

// refreshes adds to err that the session of a token can still issue new ones.
func refreshes(err error, sid string) error {
	lives := api.Wrap(api.CodeOf(err), api.ReasonSessionLives, api.AsError(err).Public+"; "+SessionLives(sid), err)
	lives.About = sid
	return lives
}

// SessionLives returns the note, for display, that a session can be refreshed.
func SessionLives(sid string) string {
	return "its session " + sid + " lives on and can be given new tokens"
}

// RefreshedBy returns the session of an expired or revoked access token if it is live, and
// "" if it is not or that is unknown.
func (e *Operator) RefreshedBy(ctx context.Context, p *compiled.Policy, text string, cause error) string {
	switch api.ReasonOf(cause) {
	case api.ReasonTokenExpired, api.ReasonTokenRevoked:
	default:
		return ""
	}
	id, err := e.verifier.Later(ctx, p, text)
	if err != nil {
		return ""
	}
	sid, _ := e.SessionOf(ctx, &id)
	return sid
}

// SessionOf returns the session of an access token if it is live; "" if it has ended, or if
// the token was issued without one. It returns an error if that cannot be determined.
func (e *Operator) SessionOf(ctx context.Context, id *api.Identity) (string, error) {
	if id.Proof.Session == "" {
		return "", nil
	}
	s, err := e.Families.Session(ctx, id.Proof.Session)
	if errors.Is(err, api.ErrNotFound) || err == nil && s.Subject != id.Subject {
		return "", nil
	}
	if err != nil {
		return "", storeerr.Session(err, id.Proof.Session)
	}
	if state, err := e.standing.OfSession(ctx, s); err != nil || !state.Live {
		return "", err
	}
	return s.ID, nil
}
