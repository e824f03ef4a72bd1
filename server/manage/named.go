package manage

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// named says what was not found, in place of an error that says only that something
// was not.
func named(err error, reason, form string, name string) error {
	if !errors.Is(err, api.ErrNotFound) {
		return err
	}
	return api.Wrap(api.NotFound, reason, fmt.Sprintf(form, bounded(name)), api.ErrNotFound)
}

// bounded keeps what a caller wrote from filling an error.
func bounded(name string) string {
	const most = 100
	if len(name) > most {
		return name[:most] + "..."
	}
	return name
}
