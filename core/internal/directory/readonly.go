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

// List implements [users.Writer].
func (ReadOnly) List(context.Context, int64, int) ([]api.User, error) {
	return nil, storeerr.ReadOnly()
}

// Create implements [users.Writer].
func (ReadOnly) Create(context.Context, users.NewUser) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

// Update implements [users.Writer].
func (ReadOnly) Update(context.Context, string, users.Change, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

// SetPassword implements [users.Writer].
func (ReadOnly) SetPassword(context.Context, string, api.Secret, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

// SetDisabled implements [users.Writer].
func (ReadOnly) SetDisabled(context.Context, string, bool, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

// SetRoles implements [users.Writer].
func (ReadOnly) SetRoles(context.Context, string, []string, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

// Delete implements [users.Writer].
func (ReadOnly) Delete(context.Context, string, string) error { return storeerr.ReadOnly() }
