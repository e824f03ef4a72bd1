package core

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// How users are found in the directories.

// Identity returns the enabled user with that login name or e-mail address,
// without asking for proof: for commands and library callers who have it. Nobody is
// NotFound, and one who is disabled Denied.
func (e *Engine) Identity(ctx context.Context, login string) (api.Identity, error) {
	return e.identityIn(ctx, e.dirs, login)
}

// UserByNumber returns the enabled user with that number in the directory of the
// site of that name; an error of code internal where the site has none and there
// are several.
func (e *Engine) UserByNumber(ctx context.Context, site string, number int64) (api.Identity, error) {
	directory := e.policy.Load().DirectoryOf(site)
	if directory == "" && len(e.dirs) > 1 {
		return api.Identity{}, fmt.Errorf("look up user %d for site %q: %w", number, site, errNoDirectory)
	}
	id, err := e.userByNumber(ctx, directory, number)
	return id, asked(err)
}

// UserByLogin returns the enabled user with that login name or e-mail address as
// the site of that name knows them; "" is no site in particular.
func (e *Engine) UserByLogin(ctx context.Context, site, login string) (api.Identity, error) {
	return e.identityIn(ctx, e.in(e.policy.Load().DirectoryOf(site)), login)
}

func (e *Engine) identityIn(ctx context.Context, dirs []users.Directory, login string) (api.Identity, error) {
	u, err := users.Find(ctx, dirs, login)
	if err != nil {
		return api.Identity{}, err
	}
	return e.User(ctx, u.Subject)
}

// User returns the enabled user with that subject. Nobody is NotFound, and one who is
// disabled Denied.
func (e *Engine) User(ctx context.Context, subject string) (api.Identity, error) {
	id, err := e.holder(ctx, subject)
	return id, asked(err)
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
