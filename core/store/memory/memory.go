package memory

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
)

// Store keeps everything in maps. Use [New]. It is safe for concurrent use.
type Store struct {
	queries atomic.Int64
	now     func() time.Time

	mu      sync.RWMutex
	users   map[string]api.User // by subject
	logins  map[string]string   // login key to subject
	emails  map[string]string   // e-mail key to subject
	numbers map[int64]string    // number to subject
	keys    map[string]api.APIKey

	sessions map[string]api.Session
	open     map[string]map[string]struct{} // ids of sessions that have not ended, by subject
	refresh  map[[32]byte]api.RefreshToken  // by hash

	log []entry // by seq

	lastNumber, lastSeq int64
}

// entry is a row of the revocation log with the time at which it was written.
type entry struct {
	api.Revocation
	recorded time.Time
}

var (
	_ store.Store     = (*Store)(nil)
	_ session.Counter = (*Store)(nil)
	_ session.Finder  = (*Store)(nil)
)

// New returns an empty store.
func New() *Store {
	return &Store{
		now:   time.Now,
		users: map[string]api.User{}, logins: map[string]string{}, emails: map[string]string{},
		numbers: map[int64]string{}, keys: map[string]api.APIKey{},
		sessions: map[string]api.Session{}, open: map[string]map[string]struct{}{},
		refresh: map[[32]byte]api.RefreshToken{},
	}
}

// Queries returns the number of calls of the store, including polls of the revocation log:
// a diagnostic metric.
func (s *Store) Queries() int64 { return s.queries.Load() }

// Ping implements store.Store.
func (s *Store) Ping(ctx context.Context) error { return ctx.Err() }

// CheckWrite implements store.Store.
func (s *Store) CheckWrite(ctx context.Context) error { return ctx.Err() }

// Close implements store.Store; there is nothing to close.
func (s *Store) Close() error { return nil }

// read runs get with the read lock, unless ctx is done.
func (s *Store) read(ctx context.Context, get func() error) error {
	s.queries.Add(1)
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return get()
}

// write runs set with the write lock, unless ctx is done. set must not fail after its first
// change.
func (s *Store) write(ctx context.Context, set func() error) error {
	s.queries.Add(1)
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return set()
}
