package core_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// brokenStore answers until it is told not to.
type brokenStore struct {
	store.Store
	ping error
}

func (s *brokenStore) Ping(context.Context) error { return s.ping }

func TestReady(t *testing.T) {
	s := &brokenStore{Store: memory.New()}
	h := newHouse(t, func(c *core.Config) { c.Store, c.Policy.MaxStaleness = s, time.Minute })
	h.must(h.Ready(context.Background()))
	s.ping = errors.New("disk on fire")
	if err := h.Ready(context.Background()); !errors.Is(err, s.ping) {
		t.Errorf("the store does not answer: got %v", err)
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
