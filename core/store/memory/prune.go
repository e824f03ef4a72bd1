package memory

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// PruneSessions implements session.Repository.
func (s *Store) PruneSessions(ctx context.Context, before time.Time) (pruned int64, err error) {
	over := func(x api.Session) bool {
		return x.IdleEnd.Before(before) || !x.Ended.IsZero() && x.Ended.Before(before)
	}
	if pruned, err = s.dropSessions(ctx, over); err != nil {
		return pruned, err
	}
	used := before.Add(-api.KeepUsed)
	return pruned, s.dropTokens(ctx, func(t api.RefreshToken) bool {
		return t.Expires.Before(before) || !t.Used.IsZero() && t.Used.Before(used)
	})
}

// dropSessions deletes the selected sessions with their tokens, and returns the number of
// sessions.
func (s *Store) dropSessions(ctx context.Context, which func(api.Session) bool) (dropped int64, err error) {
	var ids []string
	err = s.read(ctx, func() error {
		for id, x := range s.sessions {
			if which(x) {
				ids = append(ids, id)
			}
		}
		return nil
	})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	err = inSlices(ctx, s, ids, func(id string) {
		if x, ok := s.sessions[id]; ok && which(x) {
			s.drop(x)
			dropped++
		}
	})
	if err != nil {
		return dropped, err
	}
	return dropped, s.dropTokens(ctx, func(t api.RefreshToken) bool {
		_, lives := s.sessions[t.Session]
		return !lives
	})
}

// dropTokens deletes the selected tokens; which runs with the lock held.
func (s *Store) dropTokens(ctx context.Context, which func(api.RefreshToken) bool) error {
	var hashes [][32]byte
	err := s.read(ctx, func() error {
		for hash, t := range s.refresh {
			if which(t) {
				hashes = append(hashes, hash)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return inSlices(ctx, s, hashes, func(hash [32]byte) {
		if which(s.refresh[hash]) {
			delete(s.refresh, hash)
		}
	})
}

// keep stores a session and updates the list of open sessions.
func (s *Store) keep(x api.Session) {
	s.sessions[x.ID] = cloneSession(x)
	if !x.Ended.IsZero() {
		s.close(x)
		return
	}
	if s.open[x.Subject] == nil {
		s.open[x.Subject] = map[string]struct{}{}
	}
	s.open[x.Subject][x.ID] = struct{}{}
}

func (s *Store) drop(x api.Session) {
	delete(s.sessions, x.ID)
	s.close(x)
}

// close removes a session from the list of open sessions.
func (s *Store) close(x api.Session) {
	delete(s.open[x.Subject], x.ID)
	if len(s.open[x.Subject]) == 0 {
		delete(s.open, x.Subject)
	}
}

// CountLive implements session.Counter.
func (s *Store) CountLive(ctx context.Context, subject string, now time.Time, most int) (n int, err error) {
	err = s.read(ctx, func() error {
		for id := range s.open[subject] {
			if n < most && s.sessions[id].Live(now) {
				n++
			}
		}
		return nil
	})
	return n, err
}
