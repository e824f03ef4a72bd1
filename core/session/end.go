package session

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// End ends a session and revokes its tokens, in one transaction. A session that has already
// ended keeps its first end; it is revoked only if its tokens may still be valid, so
// repeated calls write nothing. An unknown id is [api.ErrNotFound].
func (f *Sessions) End(ctx context.Context, id, reason, actor string) (api.Session, error) {
	unlock, err := f.ending.Lock(ctx, id)
	if err != nil {
		return api.Session{}, unavailable(err)
	}
	defer unlock()
	if s, over := f.known(ctx, id); over {
		return s, nil
	}
	e := ending{f.now(), reason, actor}
	var ended api.Session
	var revoked []api.Revocation
	err = f.repo.EndSession(ctx, id, func(s *api.Session) []api.Revocation {
		revoked = f.end(s, e)
		ended = *s
		return revoked
	})
	if err != nil {
		return api.Session{}, notEnded(err)
	}
	f.tell(revoked)
	return ended, nil
}

// EndAll ends all sessions of a subject that have not ended, revokes their tokens, and
// returns them ordered by id.
func (f *Sessions) EndAll(ctx context.Context, subject, reason, actor string) ([]api.Session, error) {
	return f.EndBegun(ctx, subject, f.now(), reason, actor)
}

// EndBegun is EndAll for sessions created no later than by. There may be many: others can
// write in between, and after an error some have ended.
func (f *Sessions) EndBegun(ctx context.Context, subject string, by time.Time, reason, actor string) ([]api.Session, error) {
	return f.endEach(ctx, subject, reason, actor, func(s *api.Session) bool { return !s.Created.After(by) })
}

// EndOf is EndAll for sessions of one token format.
func (f *Sessions) EndOf(ctx context.Context, subject, format, reason, actor string) ([]api.Session, error) {
	return f.endEach(ctx, subject, reason, actor, func(s *api.Session) bool { return s.TokenFormat == format })
}

// endEach ends the live sessions of a subject for which shall returns true.
func (f *Sessions) endEach(ctx context.Context, subject, reason, actor string, shall func(*api.Session) bool) ([]api.Session, error) {
	e := ending{f.now(), reason, actor}
	ended, revoked := map[string]api.Session{}, map[string][]api.Revocation{}
	err := f.repo.EndSessions(ctx, subject, func(s *api.Session) []api.Revocation {
		if !shall(s) {
			return nil
		}
		revoked[s.ID] = f.end(s, e)
		ended[s.ID] = *s
		return revoked[s.ID]
	})
	if err != nil {
		return nil, notEnded(err)
	}
	for _, rows := range revoked {
		f.tell(rows)
	}
	return slices.SortedFunc(maps.Values(ended), func(a, b api.Session) int { return cmp.Compare(a.ID, b.ID) }), nil
}

// ending is why and when a session ends.
type ending struct {
	at            time.Time
	reason, actor string
}

// end records the end in the session and returns the revocations to store, or none if they
// are stored already.
func (f *Sessions) end(s *api.Session, e ending) []api.Revocation {
	if f.IsOver(s) {
		return nil
	}
	if s.Ended.IsZero() {
		s.Ended, s.EndedFor = e.at, e.reason
	}
	return []api.Revocation{{
		Kind: api.RevokeSession, Key: s.ID, At: e.at, Expires: f.tokensEnd(s, e.at),
		Reason: e.reason, Actor: e.actor,
	}}
}

// tell applies rows that are now in the log to this process at once.
func (f *Sessions) tell(revs []api.Revocation) {
	if f.cfg.Index != nil {
		f.cfg.Index.Apply(revs...)
	}
}

func notEnded(err error) error {
	if errors.Is(err, api.ErrNotFound) {
		return err
	}
	return unavailable(err)
}
