package session

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/api"
)

// EndByToken ends the session that a refresh token belongs to, used or not, as
// its holder asks (RFC 7009 section 2.1). A token of ours that names no session
// is [api.ErrNotFound].
func (f *Families) EndByToken(ctx context.Context, text, reason, actor string) (api.Session, error) {
	token, ok := ParseRefresh(text)
	if !ok {
		return api.Session{}, api.ErrNotFound
	}
	unlock, err := f.ending.Lock(ctx, token.Family)
	if err != nil {
		return api.Session{}, unavailable(err)
	}
	defer unlock()
	e := ending{f.now(), reason, actor}
	var ended api.Session
	var revoked []api.Revocation
	err = f.repo.RotateRefresh(ctx, token.Hash, func(r *api.Rotation) error {
		if r.Session.ID != token.Family {
			return errOtherFamily
		}
		if ended = r.Session; f.IsOver(&ended) {
			return errInspected // there is nothing to keep
		}
		r.Revocations = f.end(&r.Session, e)
		ended, revoked = r.Session, r.Revocations
		return nil
	})
	if errors.Is(err, errInspected) {
		return ended, nil
	}
	if errors.Is(err, errOtherFamily) {
		err = api.ErrNotFound
	}
	if err != nil {
		return api.Session{}, notEnded(err)
	}
	f.tell(revoked)
	return ended, nil
}

// errOtherFamily: the secret is real and the session in the text is another's.
var errOtherFamily = errors.New("the secret is another session's")

// Close ends a session and lets what was issued in it live on until it expires.
// An unknown id is [api.ErrNotFound].
func (f *Families) Close(ctx context.Context, id, reason, actor string) (api.Session, error) {
	e := ending{f.now(), reason, actor}
	var closed api.Session
	err := f.repo.EndSession(ctx, id, func(s *api.Session) []api.Revocation {
		f.end(s, e)
		closed = *s
		return nil
	})
	if err != nil {
		return api.Session{}, notEnded(err)
	}
	return closed, nil
}
