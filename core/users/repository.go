package users

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
)

// Repository keeps users. core/store/memory and core/store/sqlite implement it.
// Every method is safe for concurrent use; what it returns is the caller's own.
// Errors other than the sentinels named below are technical.
type Repository interface {
	// UserBySubject returns [api.ErrNotFound] for an unknown subject, as all
	// lookups here do for theirs.
	UserBySubject(ctx context.Context, subject string) (api.User, error)
	UserByNumber(ctx context.Context, number int64) (api.User, error)
	// UserByLogin compares by [api.LoginKey].
	UserByLogin(ctx context.Context, login string) (api.User, error)
	// UserByEmail compares by [api.LoginKey]; the empty address names nobody.
	UserByEmail(ctx context.Context, email string) (api.User, error)
	// Users returns up to limit users with a number above after, by number.
	Users(ctx context.Context, after int64, limit int) ([]api.User, error)
	// CreateUser stores u, and gives it a number if it has none; numbers are not
	// used twice. An error that matches [api.ErrConflict] names the field that
	// another user has: subject, number, login or e-mail.
	CreateUser(ctx context.Context, u api.User) (api.User, error)
	// UpdateUser applies change and appends the revocations it returns in one
	// transaction; an error of change undoes all and is returned as it is.
	// Change must not call the repository, nor alter the subject.
	UpdateUser(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (api.User, error)
	// DeleteUser removes the user and its API keys, and appends revs, in one
	// transaction; then its sessions, in transactions of a bounded size. If ctx ends
	// meanwhile the user is gone all the same, which is no error: sessions that are left
	// are nobody's, and are pruned when they run out.
	DeleteUser(ctx context.Context, subject string, revs ...api.Revocation) error
}
