package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/users"
)

// unwritable refuses every change.
type unwritable struct{}

var _ users.Writer = unwritable{}

func (unwritable) List(context.Context, int64, int) ([]api.User, error) {
	return nil, storeerr.ReadOnly()
}

func (unwritable) Create(context.Context, users.NewUser) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (unwritable) Update(context.Context, string, users.Change, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (unwritable) SetPassword(context.Context, string, api.Secret, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (unwritable) SetDisabled(context.Context, string, bool, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (unwritable) SetRoles(context.Context, string, []string, string) (api.User, error) {
	return api.User{}, storeerr.ReadOnly()
}

func (unwritable) Delete(context.Context, string, string) error { return storeerr.ReadOnly() }
