package login

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// loginName returns the login name of the account that a login identifies, or the
// normalized login if there is none.
func (e *Logins) loginName(ctx context.Context, r *Request) (string, error) {
	u, err := users.FindFor(ctx, e.Dirs.In(r.directory), r.Login, r.options())
	if errors.Is(err, api.ErrNotFound) {
		return api.LoginKey(r.Login), nil
	}
	if own, _ := errors.AsType[*api.Error](err); own != nil && own.Code == api.Internal {
		return "", err // a bug of the directory
	}
	if err != nil {
		return "", api.Wrap(api.Unavailable, "", "the user directory does not answer", err)
	}
	return u.Login, nil
}
