package operator

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/policy"
)

// InspectedAs returns the state of a credential that is refused with err, or err itself if
// it is a technical failure.
func InspectedAs(in api.Inspected, err error) (api.Inspected, error) {
	switch api.CodeOf(err) {
	case api.Internal, api.Unavailable, api.Throttled:
		return in, err
	}
	in.State = standing.Dead("%s", api.AsError(err).Public)
	return in, nil
}

// InspectRefresh describes a refresh token.
func (e *Operator) InspectRefresh(ctx context.Context, text api.Secret) (api.Inspected, error) {
	in := api.Inspected{What: "refresh token"}
	s, t, err := e.Families.Inspect(ctx, text.Reveal())
	if errors.Is(err, api.ErrNotFound) {
		in.State = standing.Dead("no session has this refresh token")
		return in, nil
	}
	if err != nil {
		return in, err
	}
	in.ID, in.TokenFormat, in.Login, in.Expires = s.ID, cmp.Or(s.TokenFormat, policy.NativeName), e.Dirs.LoginOf(ctx, s.Subject), t.Expires
	if in.State, err = e.standing.OfSession(ctx, s); err != nil || !in.State.Live {
		return in, err
	}
	if !t.Used.IsZero() {
		in.Session, in.Note = s.ID, SessionLives(s.ID)
	}
	switch {
	case !e.Now().Before(t.Expires):
		in.State = standing.Dead("expired")
	case !t.Used.IsZero() && s.TokenFormat != "" && s.TokenFormat != policy.NativeName:
		// The mount's own refresh_grace decides, which the session does not say.
		in.State = standing.Dead("it was used before, and another took its place; it gives that one again only while a refresh_grace of its mount lasts")
	case !t.Used.IsZero():
		until := e.Families.RepeatsUntil(s, t)
		if until.IsZero() {
			in.State = standing.Dead("it was used before, and another took its place")
			return in, nil
		}
		in.Expires, in.Session = until, ""
		in.Note = "it was used before: until " + until.UTC().Format(time.RFC3339) + " it gives the same successor again, unless that is used first; after that it ends its session"
	}
	return in, nil
}

// InspectKey describes an API key. admits returns whether a valid key gives access to
// anything, and the rules under which it does.
func (e *Operator) InspectKey(ctx context.Context, text api.Secret, admits func(*api.Identity) (api.State, []string)) (api.Inspected, error) {
	in := api.Inspected{What: "API key"}
	id, digest, ok := credential.ParseAPIKey(text.Reveal())
	if !ok {
		in.State = standing.Dead("this is not the whole of an API key")
		return in, nil
	}
	in.ID = id
	key, err := e.Store.APIKey(ctx, id)
	if errors.Is(err, api.ErrNotFound) {
		in.State = standing.Dead("no API key has the id %q", id)
		return in, nil
	}
	if err != nil {
		return in, storeerr.APIKey(err, id)
	}
	in.Expires = key.Expires
	if until, accepted := key.Accepts(digest, e.Now()); accepted {
		in.Expires = until
		if digest != key.Digest {
			in.Note = "it is an old secret of the key, which a rotation has replaced: it is accepted until " + until.UTC().Format(time.RFC3339)
		}
	} else if key.Revoked.IsZero() && subtle.ConstantTimeCompare(key.Digest[:], digest[:]) != 1 {
		in.State = standing.Dead("this is no secret, or an old one, of API key %q", id)
		return in, nil
	}
	owner, err := e.Dirs.Holder(ctx, key.Subject)
	if err != nil {
		in.Login = e.Dirs.LoginOf(ctx, key.Subject)
		in.State, err = e.standing.OfHeld(ctx, key.Subject, err)
		return in, err
	}
	as := key.ActFor(owner, digest, in.Expires)
	in.Login, in.Roles, in.State = owner.Login, as.Roles, e.standing.OfSecret(key, digest, owner)
	if in.State.Live {
		in.State, in.Rules = admits(&as)
	}
	return in, nil
}
