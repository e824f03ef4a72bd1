package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// loginName is the name of the account that a login names, however it is written;
// where there is none, the name in the form by which directories compare.
func (e *Engine) loginName(ctx context.Context, r *loginRequest) (string, error) {
	u, err := users.FindFor(ctx, e.env.Dirs.In(r.directory), r.Login, r.options())
	if errors.Is(err, ErrNotFound) {
		return api.LoginKey(r.Login), nil
	}
	if own, _ := errors.AsType[*Error](err); own != nil && own.Code == api.Internal {
		return "", err // a directory's own fault
	}
	if err != nil {
		return "", api.Wrap(api.Unavailable, "", "the user directory does not answer", err)
	}
	return u.Login, nil
}
