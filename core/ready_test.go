package core_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// brokenStore returns the configured errors.
type brokenStore struct {
	store.Store
	ping, write error
	writes      int
}

func (s *brokenStore) Ping(context.Context) error { return s.ping }

func (s *brokenStore) CheckWrite(context.Context) error {
	s.writes++
	return s.write
}

// TestReady_writes: a store that answers but cannot write, as on a full disk, is not ready;
// frequent checks do not cause frequent writes.
func TestReady_writes(t *testing.T) {
	s := &brokenStore{Store: memory.New(), write: errors.New("no space left on device")}
	h := newTestEngine(t, func(c *core.Config) { c.Store = s })
	for range 100 {
		if err := h.Ready(context.Background()); !errors.Is(err, s.write) {
			t.Fatalf("nothing can be stored: Ready() = %v, want error %q", err, s.write)
		}
	}
	if s.writes > 3 {
		t.Errorf("got %d writes for 100 questions, want one a second", s.writes)
	}
}

// TestFault: the cause of every 500 or 503 response is logged, the same cause once a
// second.
func TestFault(t *testing.T) {
	var lines bytes.Buffer
	h := newTestEngine(t, func(c *core.Config) { c.Logger = slog.New(slog.NewTextHandler(&lines, nil)) })
	for _, err := range []error{
		api.Wrap(api.Unavailable, "", "away", errors.New("disk full")),
		api.Wrap(api.Unavailable, "", "away", errors.New("no route to database")), api.Wrap(api.Unavailable, api.ReasonStale, "old", errors.New("log unread")),
		errors.New("broken"), api.E(api.Unauthenticated, "", "wrong password"), api.E(api.Throttled, "", "wait"),
	} {
		for range 50 {
			h.Fault(context.Background(), "request failed", err)
		}
	}
	for want, n := range map[string]int{"disk full": 1, "no route to database": 1, "log unread": 1, "broken": 1, "wrong password": 0, "wait": 0} {
		if got := strings.Count(lines.String(), want); got < n || got > 2*n { // a second may begin in between
			t.Errorf("%q is logged %d times, want %d:\n%s", want, got, n, lines.String())
		}
	}
}

func TestReady(t *testing.T) {
	s := &brokenStore{Store: memory.New()}
	h := newTestEngine(t, func(c *core.Config) { c.Store, c.Policy.MaxStaleness = s, time.Minute })
	h.must(h.Ready(context.Background()))
	s.ping = errors.New("disk on fire")
	if err := h.Ready(context.Background()); !errors.Is(err, s.ping) {
		t.Errorf("the store does not answer: Ready() = %v, want error %q", err, s.ping)
	}
	s.ping = nil
	h.clock.advance(time.Minute) // the next poll is an hour away
	h.must(h.Ready(context.Background()))
	h.clock.advance(time.Millisecond)
	if err := h.Ready(context.Background()); err == nil {
		t.Error("ready with knowledge older than MaxStaleness")
	}
}

func TestClose(t *testing.T) {
	e, err := core.New(context.Background(), core.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}
