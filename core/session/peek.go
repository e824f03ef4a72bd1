package session

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Peek checks a refresh token and returns its session without consuming it. A used token is
// refused, unless o names a grace period and it would return its successor; outside the
// grace period the refusal ends its session. Errors are those of [Sessions.Rotate]. The
// result has no Text.
func (f *Sessions) Peek(ctx context.Context, text string, o RotateOptions) (Rotated, error) {
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

// look decides on a token without consuming it.
func (u *use) look(r *api.Rotation) error {
	now := u.f.now()
	alive := r.Session.ID == u.token.Session && r.Session.Ended.IsZero() &&
		now.Before(r.Token.Expires) && sameClient(r, u.o)
	switch used := !r.Token.Used.IsZero(); {
	case alive && (!used || u.o.Grace > 0 && !u.o.Once && u.inGrace(r, now)):
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

// Inspect returns a refresh token and its session without changing anything, even if the
// token was used. A token without a session is [api.ErrNotFound].
func (f *Sessions) Inspect(ctx context.Context, text string) (s api.Session, t api.RefreshToken, err error) {
	token, ok := ParseRefresh(text)
	if !ok {
		return s, t, api.ErrNotFound
	}
	err = f.repo.RotateRefresh(ctx, token.Hash, func(r *api.Rotation) error {
		s, t = r.Session, r.Token
		return errInspected
	})
	switch {
	case errors.Is(err, errInspected) && s.ID == token.Session:
		return s, t, nil
	case errors.Is(err, errInspected), errors.Is(err, api.ErrNotFound):
		return api.Session{}, api.RefreshToken{}, api.ErrNotFound
	case err == nil:
		err = errors.New("the store did not call the function that decides on the token")
	}
	return api.Session{}, api.RefreshToken{}, unavailable(err)
}

// RepeatsUntil returns until when a used token of a session returns its successor again to
// its client, or zero if it no longer does.
func (f *Sessions) RepeatsUntil(s api.Session, t api.RefreshToken) time.Time {
	u := use{f: f}
	if !u.inGrace(&api.Rotation{Session: s, Token: t}, f.now()) {
		return time.Time{}
	}
	return t.Used.Add(f.cfg.Grace)
}

// errInspected makes the store roll back.
var errInspected = errors.New("the token was inspected")
