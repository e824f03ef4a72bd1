package memory_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// counted is a context that ends after a number of checks; -1 is never.
type counted struct {
	context.Context
	asked, last int
}

func (c *counted) Err() error {
	if c.asked++; c.last >= 0 && c.asked > c.last {
		return context.Canceled
	}
	return nil
}

// TestStore_endedMeanwhile: if a context ends between two steps of a change, the change
// returns its error.
func TestStore_endedMeanwhile(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	filled := func() *memory.Store {
		s := memory.New()
		for _, x := range []api.Session{
			{ID: "over", Subject: "u", IdleEnd: now.Add(-time.Hour)},
			{ID: "live", Subject: "u", IdleEnd: now.Add(time.Hour), End: now.Add(time.Hour)},
		} {
			first := api.RefreshToken{Session: x.ID, Expires: x.IdleEnd}
			copy(first.Hash[:], x.ID)
			if err := s.CreateSession(t.Context(), x, first); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	for name, do := range map[string]func(context.Context, *memory.Store) error{
		"PruneSessions": func(ctx context.Context, s *memory.Store) error { _, err := s.PruneSessions(ctx, now); return err },
		"EndSessions": func(ctx context.Context, s *memory.Store) error {
			return s.EndSessions(ctx, "u", func(*api.Session) []api.Revocation { return nil })
		},
		"LiveOn": func(ctx context.Context, s *memory.Store) error {
			_, err := s.LiveOn(ctx, "u", "", "", now, 9)
			return err
		},
		"CountLive": func(ctx context.Context, s *memory.Store) error { _, err := s.CountLive(ctx, "u", now, 9); return err },
	} {
		all := &counted{Context: t.Context(), last: -1}
		if err := do(all, filled()); err != nil || all.asked == 0 {
			t.Fatalf("%s: %v, after %d steps", name, err, all.asked)
		}
		for last := range all.asked {
			if err := do(&counted{Context: t.Context(), last: last}, filled()); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: the context ends after step %d of %d: %v", name, last, all.asked, err)
			}
		}
	}
}
