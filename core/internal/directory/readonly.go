package directory

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/users"
)

// ReadOnly is the writer of directories that nothing changes: it refuses every call.
type ReadOnly struct{}

var _ users.Writer = ReadOnly{}

func (ReadOnly) List(context.Context, int64, int) ([]api.User, error) {
	return nil, storeerr.ReadOnly()
}

func (ReadOnly) Create(context.Context, users.NewUser) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (ReadOnly) Update(context.Context, string, users.Change, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (ReadOnly) SetPassword(context.Context, string, api.Secret, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (ReadOnly) SetDisabled(context.Context, string, bool, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (ReadOnly) SetRoles(context.Context, string, []string, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (ReadOnly) Delete(context.Context, string, string) error { return storeerr.ReadOnly() }
