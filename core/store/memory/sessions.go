package memory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// CreateSession implements session.Repository.
func (s *Store) CreateSession(ctx context.Context, n api.Session, first api.RefreshToken) error {
	return s.write(ctx, func() error {
		if _, taken := s.sessions[n.ID]; taken {
			return fmt.Errorf("session id %s is taken: %w", n.ID, api.ErrConflict)
		}
		s.keep(n)
		s.refresh[first.Hash] = cloneToken(first)
		return nil
	})
}

// Session implements session.Repository.
func (s *Store) Session(ctx context.Context, id string) (found api.Session, err error) {
	err = s.read(ctx, func() error {
		x, ok := s.sessions[id]
		if !ok {
			return fmt.Errorf("session %s: %w", id, api.ErrNotFound)
		}
		found = cloneSession(x)
		return nil
	})
	return found, err
}

// Sessions implements session.Repository.
func (s *Store) Sessions(ctx context.Context, subject, after string, limit int) (list []api.Session, err error) {
	err = s.read(ctx, func() error {
		for _, id := range slices.Sorted(maps.Keys(s.sessions)) {
			x := s.sessions[id]
			if id > after && len(list) < limit && (subject == "" || x.Subject == subject) {
				list = append(list, cloneSession(x))
			}
		}
		return nil
	})
	return list, err
}

// LiveSessions implements session.Repository.
func (s *Store) LiveSessions(ctx context.Context, subject string, now time.Time, limit int) (list []api.Session, err error) {
	err = s.read(ctx, func() error {
		for id := range s.open[subject] {
			if x := s.sessions[id]; x.Live(now) {
				list = append(list, cloneSession(x))
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b api.Session) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(len(list), max(limit, 0))], err
}

// LiveOn implements session.Finder.
func (s *Store) LiveOn(ctx context.Context, subject, format, device string, now time.Time, limit int) ([]api.Session, error) {
	list, err := s.LiveSessions(ctx, subject, now, math.MaxInt)
	return api.LatestOn(list, format, device, limit), err
}

// RotateRefresh implements session.Repository.
func (s *Store) RotateRefresh(ctx context.Context, hash [32]byte, decide func(*api.Rotation) error) error {
	return s.write(ctx, func() error {
		t, ok := s.refresh[hash]
		if !ok {
			return fmt.Errorf("refresh token: %w", api.ErrNotFound)
		}
		r := api.Rotation{Session: cloneSession(s.sessions[t.Session]), Token: cloneToken(t)}
		if err := decide(&r); err != nil {
			return err
		}
		if r.Session.ID != t.Session {
			return errors.New("rotate refresh token: the session must not change")
		}
		if r.Next != nil && !t.Used.IsZero() {
			return fmt.Errorf("a refresh token of session %s was used meanwhile: %w", t.Session, api.ErrConflict)
		}
		if r.Next != nil {
			s.refresh[hash], s.refresh[r.Next.Hash] = cloneToken(r.Token), cloneToken(*r.Next)
		}
		s.keep(r.Session)
		s.append(r.Revocations)
		return nil
	})
}

// EndSession implements session.Repository.
func (s *Store) EndSession(ctx context.Context, id string, end func(*api.Session) []api.Revocation) error {
	return s.write(ctx, func() error {
		if _, ok := s.sessions[id]; !ok {
			return fmt.Errorf("session %s: %w", id, api.ErrNotFound)
		}
		s.end(id, end)
		return nil
	})
}

// EndSessions implements session.Repository.
func (s *Store) EndSessions(ctx context.Context, subject string, end func(*api.Session) []api.Revocation) error {
	var ids []string
	err := s.read(ctx, func() error {
		ids = slices.Sorted(maps.Keys(s.open[subject]))
		return nil
	})
	if err != nil {
		return err
	}
	return inSlices(ctx, s, ids, func(id string) {
		if x, ok := s.sessions[id]; ok && x.Ended.IsZero() {
			s.end(id, end)
		}
	})
}

func (s *Store) end(id string, end func(*api.Session) []api.Revocation) {
	x := cloneSession(s.sessions[id])
	revs := end(&x)
	s.keep(x)
	s.append(revs)
}

func cloneSession(x api.Session) api.Session {
	x.Scopes = slices.Clone(x.Scopes)
	return x
}

func cloneToken(t api.RefreshToken) api.RefreshToken {
	t.Successor = slices.Clone(t.Successor)
	return t
}
