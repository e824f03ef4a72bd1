package users

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Directory is a place that knows users, to be read. Lookups answer
// [api.ErrNotFound] for somebody unknown; any other error is technical.
// Safe for concurrent use.
type Directory interface {
	// Name is what configuration and [api.Identity] call the directory.
	Name() string
	BySubject(ctx context.Context, subject string) (api.User, error)
	ByNumber(ctx context.Context, number int64) (api.User, error)
	ByLogin(ctx context.Context, login string) (api.User, error)
	ByEmail(ctx context.Context, email string) (api.User, error)
}

// Owner is the ability of a [Directory] whose subjects have a form of their own:
// Owns reports whether a subject has it, known or not. It touches memory only. No
// other directory's user has such a subject, and the directory has no other.
type Owner interface{ Owns(subject string) bool }

// Networked is the ability of a [Directory] that shares its users, by number and
// login name, with others: sites of one WordPress network. Network names what they
// share; "" is nothing.
type Networked interface{ Network() string }

// Rememberer is the ability of a [Directory] that writes revocations: they must be known
// for as long as tokens may live. The engine calls it at the start, and again when tokens
// may live longer; a shorter life than before changes nothing.
type Rememberer interface{ Remember(life time.Duration) }

// Writer is the ability of a [Directory] to be changed. Each change names its
// actor, for people who read the revocation log. Errors are [*api.Error] with
// code invalid for a bad field, or match [api.ErrNotFound] and
// [api.ErrConflict]. See [Store] for what each method ends.
type Writer interface {
	List(ctx context.Context, after int64, limit int) ([]api.User, error)
	Create(ctx context.Context, u NewUser) (api.User, error)
	Update(ctx context.Context, subject string, change Change, actor string) (api.User, error)
	SetPassword(ctx context.Context, subject string, password api.Secret, actor string) (api.User, error)
	SetDisabled(ctx context.Context, subject string, disabled bool, actor string) (api.User, error)
	SetRoles(ctx context.Context, subject string, roles []string, actor string) (api.User, error)
	Delete(ctx context.Context, subject string, actor string) error
}

// NewUser is what a user starts with. Only Login is needed.
type NewUser struct {
	Subject   string // "": a random one
	Number    int64  // 0: the next free one
	Login     string
	Email     string // "": none
	Nicename  string // "": the login in lower case
	Display   string // "": the login
	FirstName string
	LastName  string
	Roles     []string
	Disabled  bool
	Password  api.Secret // "": no password fits
	// Hash is a password hash from elsewhere, in the place of Password. One that
	// cannot be used, or that costs more than every try may, is refused.
	Hash api.Secret
	// Anew lets nothing count for the user that was issued until now, to whomever:
	// for a number that somebody else may have had.
	Anew bool
}

// Change is an alteration of fields; nil leaves a field as it is.
type Change struct {
	Login, Email, Nicename, Display, FirstName, LastName *string
}

// Ender is the ability of a directory to end all that a user holds: it raises
// the generation and logs the revocation in one transaction.
type Ender interface {
	EndAll(ctx context.Context, subject, reason, actor string) (api.User, error)
}
