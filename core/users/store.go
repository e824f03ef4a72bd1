package users

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// StoreConfig configures a [Store]; the zero value is usable.
type StoreConfig struct {
	Name         string           // directory name; default "store"
	MaxTokenLife time.Duration    // maximum token lifetime, for which revocations are kept; default 30 days
	RevokeOn     RevokeOn         // events that revoke; default all
	Passwords    *Passwords       // default NewPasswords(PasswordConfig{})
	Now          func() time.Time // default time.Now
	Rand         io.Reader        // subjects; default crypto/rand
}

// Store is a [Directory] and [Writer] backed by a [Repository]. Safe for concurrent
// use.
type Store struct {
	repo Repository
	cfg  StoreConfig
	life Life
}

var (
	_ Directory  = (*Store)(nil)
	_ Writer     = (*Store)(nil)
	_ Rememberer = (*Store)(nil)
)

// NewStore returns a directory backed by repo.
func NewStore(repo Repository, cfg StoreConfig) *Store {
	cfg.Name = cmp.Or(cfg.Name, "store")
	cfg.MaxTokenLife = cmp.Or(cfg.MaxTokenLife, 30*24*time.Hour)
	if cfg.Passwords == nil {
		cfg.Passwords = NewPasswords(PasswordConfig{})
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	s := &Store{repo: repo, cfg: cfg}
	s.life.Raise(cfg.MaxTokenLife)
	return s
}

// Remember implements [Rememberer].
func (s *Store) Remember(life time.Duration) { s.life.Raise(life) }

// Name implements [Directory].
func (s *Store) Name() string { return s.cfg.Name }

// BySubject implements [Directory].
func (s *Store) BySubject(ctx context.Context, subject string) (api.User, error) {
	return s.repo.UserBySubject(ctx, subject)
}

// ByNumber implements [Directory].
func (s *Store) ByNumber(ctx context.Context, number int64) (api.User, error) {
	return s.repo.UserByNumber(ctx, number)
}

// ByLogin implements [Directory].
func (s *Store) ByLogin(ctx context.Context, login string) (api.User, error) {
	return s.repo.UserByLogin(ctx, login)
}

// ByEmail implements [Directory].
func (s *Store) ByEmail(ctx context.Context, email string) (api.User, error) {
	return s.repo.UserByEmail(ctx, email)
}

// List returns up to limit users with a number above after, ordered by number.
func (s *Store) List(ctx context.Context, after int64, limit int) ([]api.User, error) {
	return s.repo.Users(ctx, after, limit)
}
