package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/users"
)

// DirectoryForms are the forms of the password hashes in one directory.
type DirectoryForms struct {
	Directory string
	Forms     []users.HashForm // nil where the directory cannot tell
}

// HashForms asks every directory which forms of hashes its users have. It may read
// all users. Errors come with what the other directories answered.
func (e *Engine) HashForms(ctx context.Context) ([]DirectoryForms, error) {
	var list []DirectoryForms
	var errs []error
	for _, d := range e.dirs {
		forms, err := users.HashForms(ctx, d)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, DirectoryForms{d.Name(), forms})
	}
	return list, errors.Join(errs...)
}

// CountHashForms has tries of passwords cost what the dearest hash does; see
// [users.Passwords.CountForms].
func (e *Engine) CountHashForms(ctx context.Context) error {
	return e.passwords.CountForms(ctx, e.dirs...)
}
