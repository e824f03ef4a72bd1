package counting

import (
	"context"
	"sync/atomic"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
)

// Inner is what a store can do.
type Inner interface {
	store.Store
	session.Counter
	session.Finder
}

// Store counts in front of another store. Safe for concurrent use if that one is.
type Store struct {
	Inner
	asked atomic.Int64
}

var _ store.Store = (*Store)(nil)

// New returns a store in front of s, which it closes.
func New(s Inner) *Store { return &Store{Inner: s} }

// UserByLogin implements [store.Store].
func (s *Store) UserByLogin(ctx context.Context, login string) (api.User, error) {
	s.asked.Add(1)
	return s.Inner.UserByLogin(ctx, login)
}

// Asked returns how often the store was asked for a user by login.
func (s *Store) Asked() int64 { return s.asked.Load() }
