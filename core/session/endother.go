package session

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/api"
)

// EndByToken ends the session of a refresh token, used or not, at the request of its holder
// (RFC 7009 section 2.1). A token without a session is [api.ErrNotFound].
func (f *Sessions) EndByToken(ctx context.Context, text, reason, actor string) (api.Session, error) {
	token, ok := ParseRefresh(text)
	if !ok {
		return api.Session{}, api.ErrNotFound
	}
	unlock, err := f.ending.Lock(ctx, token.Session)
	if err != nil {
		return api.Session{}, unavailable(err)
	}
	defer unlock()
	e := ending{f.now(), reason, actor}
	var ended api.Session
	var revoked []api.Revocation
	err = f.repo.RotateRefresh(ctx, token.Hash, func(r *api.Rotation) error {
		if r.Session.ID != token.Session {
			return errOtherFamily
		}
		if ended = r.Session; f.IsOver(&ended) {
			return errInspected // nothing to store
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

// errOtherFamily means that the secret is valid but belongs to another session than the
// token says.
var errOtherFamily = errors.New("the secret belongs to another session")

// Close ends a session without revoking its access tokens, which stay valid until they
// expire. An unknown id is [api.ErrNotFound].
func (f *Sessions) Close(ctx context.Context, id, reason, actor string) (api.Session, error) {
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
