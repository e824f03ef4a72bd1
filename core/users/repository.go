package users

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
)

// Repository stores users. core/store/memory and core/store/sqlite implement it. Every
// method is safe for concurrent use; the caller owns the results. Errors other than the
// sentinels named below are technical.
type Repository interface {
	// UserBySubject returns [api.ErrNotFound] for an unknown subject; all lookups do so
	// for their keys.
	UserBySubject(ctx context.Context, subject string) (api.User, error)
	UserByNumber(ctx context.Context, number int64) (api.User, error)
	// UserByLogin compares by [api.LoginKey].
	UserByLogin(ctx context.Context, login string) (api.User, error)
	// UserByEmail compares by [api.LoginKey]; the empty address matches nobody.
	UserByEmail(ctx context.Context, email string) (api.User, error)
	// Users returns up to limit users with a number above after, ordered by number.
	Users(ctx context.Context, after int64, limit int) ([]api.User, error)
	// CreateUser stores u, and assigns a number if it has none; numbers are not reused.
	// An error that matches [api.ErrConflict] names the duplicate field: subject,
	// number, login or e-mail.
	CreateUser(ctx context.Context, u api.User) (api.User, error)
	// UpdateUser applies change and appends the revocations it returns in one
	// transaction; if change fails, nothing is stored and its error is returned as it
	// is. change must not call the repository or modify the subject.
	UpdateUser(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (api.User, error)
	// DeleteUser removes the user and its API keys and appends revs in one transaction,
	// and then removes its sessions in transactions of bounded size. If ctx ends after
	// the first transaction, the user is deleted and the error is nil; remaining
	// sessions belong to no user and are pruned when they expire.
	DeleteUser(ctx context.Context, subject string, revs ...api.Revocation) error
}
