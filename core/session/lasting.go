package session

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Holds reports whether a row was applied that names the same and lasts as long, so that
// r would change nothing. Rows that go by time always change something.
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

// lasts reports whether the key is there until the minute or longer.
func (t *table) lasts(key string, minute uint32) bool {
	slot := t.find(key)
	return slot != nil && uint32(atomic.LoadUint64(&slot[1])) >= minute
}

// tokensEnd is when the last access token of a session ends that ended at the moment,
// by any clock that its readers may have: so long its revocation must be known.
func (f *Families) tokensEnd(s *api.Session, ended time.Time) time.Time {
	if s.AccessEnd.IsZero() || f.cfg.AccessLife == nil {
		return ended.Add(time.Duration(f.life.Load()))
	}
	// A store that was restored may not know of the last refreshes.
	last := ended.Add(f.cfg.AccessLife(s.Layout))
	if s.AccessEnd.After(last) {
		last = s.AccessEnd
	}
	return last.Add(clocksOff)
}

// IsOver reports whether a session was ended and no token of it is accepted: none can
// have lived until now, or the log holds that they are revoked. Safe to ask for any
// session of the repository.
func (f *Families) IsOver(s *api.Session) bool {
	if s.Ended.IsZero() {
		return false
	}
	end := f.tokensEnd(s, s.Ended)
	return f.now().After(end) ||
		f.cfg.Index != nil && f.cfg.Index.Holds(&api.Revocation{Kind: api.RevokeSession, Key: s.ID, Expires: end})
}

// known returns the session if it is over, without writing.
func (f *Families) known(ctx context.Context, id string) (api.Session, bool) {
	if f.cfg.Index == nil || !f.cfg.Index.sessions.has(id) {
		return api.Session{}, false
	}
	s, err := f.repo.Session(ctx, id)
	return s, err == nil && f.IsOver(&s)
}

// note extends the session's AccessEnd for an access token that will be issued now and
// lives that long; a life of 0 means none is. A zero AccessEnd is left as it is: the
// session's earlier tokens were issued by a version that did not record when they expire.
func note(s *api.Session, now time.Time, life time.Duration) {
	// The token gets its times a moment later, in whole seconds.
	if end := now.Add(life + 10*time.Second); life > 0 && !s.AccessEnd.IsZero() && end.After(s.AccessEnd) {
		s.AccessEnd = end
	}
}

// NoteAccess has a session tell of an access token that was issued in it and ends then,
// before anybody gets it. A session that has ended is refused: its revocation may be
// forgotten before the token ends. An unknown one is [api.ErrNotFound].
func (f *Families) NoteAccess(ctx context.Context, id string, until time.Time) error {
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
