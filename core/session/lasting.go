package session

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Holds reports whether a row for the same key that lasts as long was applied, so that r
// would change nothing. It returns false for revocations by time.
func (x *Index) Holds(r *api.Revocation) bool {
	end := minuteAfter(r.Expires)
	switch r.Kind {
	case api.RevokeToken:
		return x.tokens.lasts(r.Key, end)
	case api.RevokeSession:
		return x.sessions.lasts(r.Key, end)
	case api.RevokeAPIKey:
		return x.apiKeys.lasts(r.Key, end)
	case api.RevokeKey:
		return x.keys.lasts(r.Key, end)
	}
	return false
}

// lasts reports whether the table has the key at least until the given minute.
func (t *table) lasts(key string, minute uint32) bool {
	slot := t.find(key)
	return slot != nil && uint32(atomic.LoadUint64(&slot[1])) >= minute
}

// tokensEnd returns when the last access token of a session that ended at ended has
// expired, allowing for differences between clocks. Its revocation must be kept until then.
func (f *Sessions) tokensEnd(s *api.Session, ended time.Time) time.Time {
	if s.AccessEnd.IsZero() || f.cfg.AccessLife == nil {
		return ended.Add(time.Duration(f.life.Load()))
	}
	// A store restored from a backup may lack the last refreshes.
	last := ended.Add(f.cfg.AccessLife(s.TokenFormat))
	if s.AccessEnd.After(last) {
		last = s.AccessEnd
	}
	return last.Add(clocksOff)
}

// IsOver reports whether a session was ended and none of its tokens is accepted: all have
// expired, or the log has their revocation. It accepts any session of the repository.
func (f *Sessions) IsOver(s *api.Session) bool {
	if s.Ended.IsZero() {
		return false
	}
	end := f.tokensEnd(s, s.Ended)
	return f.now().After(end) ||
		f.cfg.Index != nil && f.cfg.Index.Holds(&api.Revocation{Kind: api.RevokeSession, Key: s.ID, Expires: end})
}

// known returns the session if it is over, without a write.
func (f *Sessions) known(ctx context.Context, id string) (api.Session, bool) {
	if f.cfg.Index == nil || !f.cfg.Index.sessions.has(id) {
		return api.Session{}, false
	}
	s, err := f.repo.Session(ctx, id)
	return s, err == nil && f.IsOver(&s)
}

// note extends the session's AccessEnd for an access token with the given life that is
// about to be issued; 0 means that none is. A zero AccessEnd is not changed: it is unknown
// when the session's earlier tokens expire, since an older version issued them.
func note(s *api.Session, now time.Time, life time.Duration) {
	// The token gets its times slightly later, in whole seconds.
	if end := now.Add(life + 10*time.Second); life > 0 && !s.AccessEnd.IsZero() && end.After(s.AccessEnd) {
		s.AccessEnd = end
	}
}

// NoteAccess records that an access token that expires at until was issued in a session,
// before the client gets it. A session that has ended is refused: its revocation could be
// deleted before the token expires. An unknown one is [api.ErrNotFound].
func (f *Sessions) NoteAccess(ctx context.Context, id string, until time.Time) error {
	until = until.UTC().Truncate(time.Microsecond)
	s, err := f.repo.Session(ctx, id)
	if err != nil {
		return notEnded(err)
	}
	if s.Ended.IsZero() && (s.AccessEnd.IsZero() || !until.After(s.AccessEnd)) {
		return nil
	}
	var ended bool
	err = f.repo.EndSession(ctx, id, func(s *api.Session) []api.Revocation {
		if ended = !s.Ended.IsZero(); !ended && until.After(s.AccessEnd) {
			s.AccessEnd = until
		}
		return nil
	})
	if err != nil {
		return notEnded(err)
	}
	return endedMeanwhile(ended)
}

func endedMeanwhile(ended bool) error {
	if !ended {
		return nil
	}
	return refuse(api.ReasonRefreshEnded, errors.New("the session ended meanwhile"))
}
