package session

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Peek tells whose a refresh token is and whether it is good, without using it
// up. A token that was used before is refused, at any time; outside the grace
// window that ends its session, as in [Families.Rotate], whose errors are also
// Peek's. Rotated holds no text.
func (f *Families) Peek(ctx context.Context, text string, o RotateOptions) (Rotated, error) {
	token, ok := ParseRefresh(text)
	if !ok {
		return Rotated{}, refuse(api.ReasonRefreshUnknown, errors.New("wrong form or checksum"))
	}
	u := use{f: f, o: o, token: token}
	switch err := f.repo.RotateRefresh(ctx, token.Hash, u.look); {
	case errors.Is(err, api.ErrNotFound):
		return Rotated{}, refuse(api.ReasonRefreshUnknown, err)
	case err != nil:
		return Rotated{}, unavailable(err)
	}
	f.tell(u.revoked)
	return Rotated{Session: u.session, Reused: u.reused}, u.refused
}

// look is decide for a token that shall stay as it is.
func (u *use) look(r *api.Rotation) error {
	now := u.f.now()
	alive := r.Session.ID == u.token.Family && r.Session.Ended.IsZero() &&
		now.Before(r.Token.Expires) && sameClient(r, u.o)
	switch used := !r.Token.Used.IsZero(); {
	case alive && !used:
		note(&r.Session, now, u.o.Access)
		u.session, u.revoked, u.refused, u.reused = r.Session, nil, nil, false
		return nil
	case alive && u.inGrace(r, now):
		u.session, u.revoked, u.reused = r.Session, nil, false
		u.refused = refuse(api.ReasonRefreshReused, nil)
		return nil
	}
	return u.decide(r)
}

// Inspect returns the session of a refresh token and what is kept of the token. It
// changes nothing, also where the token was used before. A token that names no session
// is [api.ErrNotFound].
func (f *Families) Inspect(ctx context.Context, text string) (s api.Session, t api.RefreshToken, err error) {
	token, ok := ParseRefresh(text)
	if !ok {
		return s, t, api.ErrNotFound
	}
	err = f.repo.RotateRefresh(ctx, token.Hash, func(r *api.Rotation) error {
		s, t = r.Session, r.Token
		return errInspected
	})
	switch {
	case errors.Is(err, errInspected) && s.ID == token.Family:
		return s, t, nil
	case errors.Is(err, errInspected), errors.Is(err, api.ErrNotFound):
		return api.Session{}, api.RefreshToken{}, api.ErrNotFound
	case err == nil:
		err = errors.New("the store did not ask what to do with the token")
	}
	return api.Session{}, api.RefreshToken{}, unavailable(err)
}

// RepeatsUntil reports until when a used token of a session yields its successor again,
// to the client that it was given to; zero: not any more.
func (f *Families) RepeatsUntil(s api.Session, t api.RefreshToken) time.Time {
	u := use{f: f}
	if !u.inGrace(&api.Rotation{Session: s, Token: t}, f.now()) {
		return time.Time{}
	}
	return t.Used.Add(f.cfg.Grace)
}

// errInspected keeps the store from writing back what was only looked at.
var errInspected = errors.New("the token was inspected")
