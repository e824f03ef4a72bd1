package manage

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// named replaces an error that only says "not found" by one that names the missing
// object.
func named(err error, reason, form string, name string) error {
	if !errors.Is(err, api.ErrNotFound) {
		return err
	}
	return api.Wrap(api.NotFound, reason, fmt.Sprintf(form, bounded(name)), api.ErrNotFound)
}

// bounded cuts a caller's text for use in an error.
func bounded(name string) string {
	const most = 100
	if len(name) > most {
		return name[:most] + "..."
	}
	return name
}
