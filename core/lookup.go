package core

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/users"
)

// How users are found in the directories.

// identity is [Tokens.Identity].
func (e *Engine) identity(ctx context.Context, login string) (api.Identity, error) {
	return e.identityIn(ctx, e.dirs, login)
}

func (e *Engine) identityIn(ctx context.Context, dirs []users.Directory, login string) (api.Identity, error) {
	u, err := users.Find(ctx, dirs, login)
	if err != nil {
		return api.Identity{}, err
	}
	return e.user(ctx, u.Subject)
}

// user is [Tokens.User].
func (e *Engine) user(ctx context.Context, subject string) (api.Identity, error) {
	id, err := e.holder(ctx, subject)
	return id, storeerr.Asked(err)
}

// holder returns the enabled user whom a credential names; Unauthenticated if there is
// none.
func (e *Engine) holder(ctx context.Context, subject string) (api.Identity, error) {
	return e.findUser(ctx, e.homes(subject), func(d users.Directory) (api.User, error) { return d.BySubject(ctx, subject) })
}

// userByNumber asks the directory of that name; "" is the only one.
func (e *Engine) userByNumber(ctx context.Context, directory string, number int64) (api.Identity, error) {
	return e.findUser(ctx, e.in(directory), func(d users.Directory) (api.User, error) { return d.ByNumber(ctx, number) })
}

// findUser asks the directories in order. A directory that does not answer is
// an error, not a reason to ask the next.
func (e *Engine) findUser(ctx context.Context, dirs []users.Directory, find func(users.Directory) (api.User, error)) (api.Identity, error) {
	for _, d := range dirs {
		u, err := find(d)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if e, _ := errors.AsType[*Error](err); e != nil && e.Code == api.Internal {
			return api.Identity{}, err // its own fault
		}
		if err != nil {
			return api.Identity{}, api.Wrap(api.Unavailable, "", "the user directory does not answer", fmt.Errorf("directory %s: %w", d.Name(), err))
		}
		if err := e.owned(d.Name(), u.Subject); err != nil {
			return api.Identity{}, err
		}
		if u.Disabled {
			return api.Identity{}, api.E(api.Unauthenticated, api.ReasonDisabled, "this account is disabled")
		}
		return u.Identity(d.Name()), nil
	}
	return api.Identity{}, noSuchUser()
}

func noSuchUser() error {
	return api.Wrap(api.Unauthenticated, api.ReasonUnknownUser, "no such user", ErrNotFound)
}

// loginOf is [Admin.LoginOf].
func (e *Engine) loginOf(ctx context.Context, subject string) string {
	for _, d := range e.homes(subject) {
		if u, err := d.BySubject(ctx, subject); err == nil && u.Subject == subject {
			return u.Login
		}
	}
	return ""
}
