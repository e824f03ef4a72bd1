package directory

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/users"
)

// Lookup of users.

// Identity implements core.Tokens.Identity.
func (e *Directories) Identity(ctx context.Context, login string) (api.Identity, error) {
	return e.IdentityIn(ctx, e.All, login)
}

// IdentityIn is Identity for the given directories only.
func (e *Directories) IdentityIn(ctx context.Context, dirs []users.Directory, login string) (api.Identity, error) {
	u, err := users.Find(ctx, dirs, login)
	if err != nil {
		return api.Identity{}, err
	}
	return e.User(ctx, u.Subject)
}

// User implements core.Tokens.User.
func (e *Directories) User(ctx context.Context, subject string) (api.Identity, error) {
	id, err := e.Holder(ctx, subject)
	return id, storeerr.Asked(err)
}

// Holder returns the enabled user that a credential names; Unauthenticated if there is
// none.
func (e *Directories) Holder(ctx context.Context, subject string) (api.Identity, error) {
	return e.findUser(ctx, e.Homes(subject), func(d users.Directory) (api.User, error) { return d.BySubject(ctx, subject) })
}

// UserByNumber returns the user with that number in the named directory; "" is the only
// one.
func (e *Directories) UserByNumber(ctx context.Context, directory string, number int64) (api.Identity, error) {
	return e.findUser(ctx, e.In(directory), func(d users.Directory) (api.User, error) { return d.ByNumber(ctx, number) })
}

// findUser asks the directories in order. If one does not answer, that is an error; the
// next is not asked.
func (e *Directories) findUser(ctx context.Context, dirs []users.Directory, find func(users.Directory) (api.User, error)) (api.Identity, error) {
	for _, d := range dirs {
		u, err := find(d)
		if errors.Is(err, api.ErrNotFound) {
			continue
		}
		if e, _ := errors.AsType[*api.Error](err); e != nil && e.Code == api.Internal {
			return api.Identity{}, err // a bug of the directory
		}
		if err != nil {
			return api.Identity{}, api.Wrap(api.Unavailable, "", "the user directory does not answer", fmt.Errorf("directory %s: %w", d.Name(), err))
		}
		if err := e.Owned(d.Name(), u.Subject); err != nil {
			return api.Identity{}, err
		}
		if u.Disabled {
			return api.Identity{}, api.E(api.Unauthenticated, api.ReasonDisabled, "this account is disabled")
		}
		return u.Identity(d.Name()), nil
	}
	return api.Identity{}, NoSuchUser()
}

// NoSuchUser returns the error for a credential of an unknown user.
func NoSuchUser() error {
	return api.Wrap(api.Unauthenticated, api.ReasonUnknownUser, "no such user", api.ErrNotFound)
}

// LoginOf implements core.Admin.LoginOf.
func (e *Directories) LoginOf(ctx context.Context, subject string) string {
	for _, d := range e.Homes(subject) {
		if u, err := d.BySubject(ctx, subject); err == nil && u.Subject == subject {
			return u.Login
		}
	}
	return ""
}

// Account implements core.Admin.Account.
func (e *Directories) Account(ctx context.Context, login string) (api.User, error) {
	for _, d := range e.Homes(login) {
		u, err := d.BySubject(ctx, login)
		if err == nil && u.Subject == login {
			return u, nil
		}
		if err != nil && !errors.Is(err, api.ErrNotFound) && e.IsOwned(login) { // as a login it would be asked for there again
			return api.User{}, api.Wrap(api.Unavailable, "", "the user directory does not answer", fmt.Errorf("directory %s: %w", d.Name(), err))
		}
	}
	return users.Find(ctx, e.All, login)
}

// IsOwned reports whether a text has the form of a subject of one directory, so that it names
// a user there without a lookup.
func (e *Directories) IsOwned(subject string) bool {
	homes := e.Homes(subject)
	if len(homes) != 1 {
		return false
	}
	_, owned := api.Capability[users.Owner](homes[0])
	return owned
}

// Names implements core.Admin.Directories.
func (e *Directories) Names() []string {
	var names []string
	for _, d := range e.All {
		names = append(names, d.Name())
	}
	return names
}

// Namesakes implements core.Admin.Namesakes.
func (e *Directories) Namesakes(ctx context.Context, login string, found api.User) (list []string, err error) {
	if len(e.All) < 2 {
		return nil, nil
	}
	var failed []error
	for _, d := range e.All {
		switch u, err := users.Find(ctx, []users.Directory{d}, login); {
		case err == nil && u.Subject != found.Subject:
			list = append(list, u.Subject)
		case err != nil && !errors.Is(err, api.ErrNotFound):
			failed = append(failed, err)
		}
	}
	if len(list) > 0 {
		same, err := e.Sisters(ctx, found.Subject)
		list, failed = Lacking(list, same), append(failed, err)
	}
	return list, errors.Join(failed...)
}
