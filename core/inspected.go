package core

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/session"
)

// Inspected says what a credential is and whether it counts at the moment.
type Inspected struct {
	What    string // "access token", "refresh token" or "API key"
	ID      string // jti, session or id of the key; "" if it is not known
	Layout  string // of a token
	Login   string
	Roles   []string
	Sites   []string  // where an access token counts, if that is restricted
	Expires time.Time // zero: never, or not known
	State   State
}

// Inspect says of the access token, the refresh token or the API key that the text is
// whether it would be accepted. It changes nothing and uses nothing up. The error is
// for what cannot be told at the moment: a credential that is refused is none.
func (e *Engine) Introspect(ctx context.Context, text api.Secret) (Inspected, error) {
	switch {
	case session.HasRefreshForm(text.Reveal()):
		return e.inspectRefresh(ctx, text)
	case strings.HasPrefix(text.Reveal(), credential.KeyPrefix):
		return e.inspectKey(ctx, text)
	case strings.HasPrefix(text.Reveal(), session.RefreshPrefix):
		return Inspected{What: "refresh token", State: dead("this is not the whole of a refresh token")}, nil
	}
	id, err := e.Verify(ctx, VerifyRequest{Token: text.Reveal()})
	if err != nil {
		return inspectedAs(Inspected{What: "access token"}, err)
	}
	in := Inspected{
		What: "access token", ID: id.Proof.TokenID, Layout: id.Proof.Layout, Login: id.Login, Roles: id.Roles,
		Expires: id.Proof.ExpiresAt, State: live(),
	}
	in.Sites, _ = e.sitesOf(id)
	return in, nil
}

// inspectedAs is what is refused with err, or the error if it is no verdict.
func inspectedAs(in Inspected, err error) (Inspected, error) {
	switch api.CodeOf(err) {
	case api.Internal, api.Unavailable, api.Throttled:
		return in, err
	}
	in.State = dead("%s", api.AsError(err).Public)
	return in, nil
}

func (e *Engine) inspectRefresh(ctx context.Context, text api.Secret) (Inspected, error) {
	in := Inspected{What: "refresh token"}
	s, t, err := e.families.Inspect(ctx, text.Reveal())
	if errors.Is(err, ErrNotFound) {
		in.State = dead("no session has this refresh token")
		return in, nil
	}
	if err != nil {
		return in, err
	}
	in.ID, in.Layout, in.Login, in.Expires = s.ID, s.Layout, e.loginOf(ctx, s.Subject), t.Expires
	if in.State, err = e.sessionState(ctx, s); err != nil || !in.State.Live {
		return in, err
	}
	switch {
	case !t.Used.IsZero():
		in.State = dead("it was used before, and another took its place")
	case !e.now().Before(t.Expires):
		in.State = dead("expired")
	}
	return in, nil
}

func (e *Engine) inspectKey(ctx context.Context, text api.Secret) (Inspected, error) {
	in := Inspected{What: "API key"}
	id, digest, ok := credential.ParseAPIKey(text.Reveal())
	if !ok {
		in.State = dead("this is not the whole of an API key")
		return in, nil
	}
	in.ID = id
	key, err := e.store.APIKey(ctx, id)
	if errors.Is(err, ErrNotFound) {
		in.State = dead("no API key has the id %q", id)
		return in, nil
	}
	if err != nil {
		return in, storedAPIKey(err, id)
	}
	in.Expires = key.Expires
	if until, accepted := key.Accepts(digest, e.now()); accepted {
		in.Expires = until
	} else if key.Revoked.IsZero() && subtle.ConstantTimeCompare(key.Digest[:], digest[:]) != 1 {
		in.State = dead("this is no secret, or an old one, of API key %q", id)
		return in, nil
	}
	owner, err := e.holder(ctx, key.Subject)
	if err != nil {
		in.Login = e.loginOf(ctx, key.Subject)
		in.State, err = e.heldState(ctx, key.Subject, err)
		return in, err
	}
	as := key.ActFor(owner, digest, in.Expires)
	in.Login, in.Roles, in.State = owner.Login, as.Roles, e.stateOfSecret(key, digest, owner)
	return in, nil
}
