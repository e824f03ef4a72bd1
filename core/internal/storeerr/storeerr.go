package storeerr

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// Asked converts the error of a lookup by name, without a credential: an unknown user is
// NotFound, a disabled one Denied.
func Asked(err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return api.Wrap(api.NotFound, api.ReasonUnknownUser, "no such user", api.ErrNotFound)
	case api.ReasonOf(err) == api.ReasonDisabled:
		return api.E(api.Denied, api.ReasonDisabled, "this account is disabled")
	}
	return err
}

// Of converts the error of a store for an administrative call: Unavailable, unless it is an
// [*api.Error] or one of the sentinels.
func Of(err error, reason, what, name string) error {
	if err == nil {
		return nil
	}
	if e, _ := errors.AsType[*api.Error](err); e != nil {
		return err
	}
	switch {
	case errors.Is(err, api.ErrNotFound):
		return api.Wrap(api.NotFound, reason, fmt.Sprintf("no %s has the id %.100q", what, name), api.ErrNotFound)
	case errors.Is(err, api.ErrConflict):
		return api.Wrap(api.Conflict, "", fmt.Sprintf("%s %.100q is revoked", what, name), api.ErrConflict)
	}
	return api.Wrap(api.Unavailable, "", "the store or the keys cannot be read or changed at the moment", err)
}

// APIKey is [Of] for an API key.
func APIKey(err error, id string) error {
	return Of(err, api.ReasonUnknownAPIKey, "API key", id)
}

// Session is [Of] for a session.
func Session(err error, id string) error {
	return Of(err, api.ReasonUnknownSession, "session", id)
}

// SigningKey is [Of] for a signing key.
func SigningKey(err error, id string) error {
	return Of(err, api.ReasonUnknownKey, "signing key", id)
}

// ReadOnly returns the error that no directory is writable.
func ReadOnly() error {
	return api.E(api.Denied, api.ReasonReadOnly, "no user directory can be changed from here: every one is read-only")
}
