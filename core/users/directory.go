package users

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Directory provides read access to users. Lookups return [api.ErrNotFound] for unknown
// users; any other error is technical. Safe for concurrent use.
type Directory interface {
	// Name returns the directory's name in the configuration and in [api.Identity].
	Name() string
	BySubject(ctx context.Context, subject string) (api.User, error)
	ByNumber(ctx context.Context, number int64) (api.User, error)
	ByLogin(ctx context.Context, login string) (api.User, error)
	ByEmail(ctx context.Context, email string) (api.User, error)
}

// Owner is the ability of a [Directory] whose subjects have a distinctive form: Owns
// reports whether a subject has it, whether or not it exists. It does no I/O. All
// subjects of the directory have this form, and those of other directories do not.
type Owner interface{ Owns(subject string) bool }

// Networked is the ability of a [Directory] that shares its users, by number and login
// name, with others, like the sites of a WordPress network. Network identifies what
// they share; "" means nothing.
type Networked interface{ Network() string }

// Rememberer is the ability of a [Directory] that writes revocations, which must be
// kept for the maximum lifetime of a token. The engine calls it at start-up and when
// that lifetime grows; a shorter one has no effect.
type Rememberer interface{ Remember(life time.Duration) }

// Writer is the ability of a [Directory] to be changed. Each change has an actor, which
// appears in the revocation log. Errors are [*api.Error] with code invalid for a bad
// field, or match [api.ErrNotFound] and [api.ErrConflict]. See [Store] for what each
// method revokes.
type Writer interface {
	List(ctx context.Context, after int64, limit int) ([]api.User, error)
	Create(ctx context.Context, u NewUser) (api.User, error)
	Update(ctx context.Context, subject string, change Change, actor string) (api.User, error)
	SetPassword(ctx context.Context, subject string, password api.Secret, actor string) (api.User, error)
	SetDisabled(ctx context.Context, subject string, disabled bool, actor string) (api.User, error)
	SetRoles(ctx context.Context, subject string, roles []string, actor string) (api.User, error)
	Delete(ctx context.Context, subject string, actor string) error
}

// NewUser is the initial state of a user. Only Login is required.
type NewUser struct {
	Subject   string // "" generates a random one
	Number    int64  // 0 uses the next free one
	Login     string
	Email     string // optional
	Nicename  string // "" is the login in lower case
	Display   string // "" is the login
	FirstName string
	LastName  string
	Roles     []string
	Disabled  bool
	Password  api.Secret // with "" no password matches
	// Hash is an existing password hash instead of Password. Unusable hashes, and those
	// that cost more than the cap, are rejected.
	Hash api.Secret
	// Anew invalidates everything issued until now for this user's number, for a number
	// that another user may have had.
	Anew bool
}

// Change lists new values of fields; nil leaves a field unchanged.
type Change struct {
	Login, Email, Nicename, Display, FirstName, LastName *string
}

// Ender is the ability of a directory to revoke all credentials of a user: it raises
// the generation and logs the revocation in one transaction.
type Ender interface {
	EndAll(ctx context.Context, subject, reason, actor string) (api.User, error)
}
