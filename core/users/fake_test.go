package users_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

var moment = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// cheap hashes with argon2id at the lowest cost.
func cheap() *users.Passwords {
	return users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
}

// fakeDirectory has some users, or fails every call.
type fakeDirectory struct {
	name  string
	users []api.User
	err   error
}

var _ users.Directory = fakeDirectory{}

func (d fakeDirectory) Name() string { return d.name }

func (d fakeDirectory) find(same func(api.User) bool) (api.User, error) {
	for _, u := range d.users {
		if d.err == nil && same(u) {
			return u, nil
		}
	}
	if d.err != nil {
		return api.User{}, d.err
	}
	return api.User{}, fmt.Errorf("user: %w", api.ErrNotFound)
}

func (d fakeDirectory) BySubject(_ context.Context, s string) (api.User, error) {
	return d.find(func(u api.User) bool { return u.Subject == s })
}

func (d fakeDirectory) ByNumber(_ context.Context, n int64) (api.User, error) {
	return d.find(func(u api.User) bool { return u.Number == n })
}

func (d fakeDirectory) ByLogin(_ context.Context, s string) (api.User, error) {
	return d.find(func(u api.User) bool { return api.LoginKey(u.Login) == api.LoginKey(s) })
}

func (d fakeDirectory) ByEmail(_ context.Context, s string) (api.User, error) {
	return d.find(func(u api.User) bool { return u.Email != "" && api.LoginKey(u.Email) == api.LoginKey(s) })
}

// newStore returns a directory over a memory store, and that store.
func newStore(t *testing.T, on users.RevokeOn) (*users.Store, *memory.Store) {
	t.Helper()
	repo := memory.New()
	return users.NewStore(repo, users.StoreConfig{
		RevokeOn: on, Passwords: cheap(), MaxTokenLife: time.Hour, Now: func() time.Time { return moment },
	}), repo
}

func revocations(t *testing.T, repo *memory.Store) []api.Revocation {
	t.Helper()
	rows, err := repo.RevocationsSince(t.Context(), 0, time.Time{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
