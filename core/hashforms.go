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

// hashForms is [Admin.HashForms].
func (e *Engine) hashForms(ctx context.Context) ([]DirectoryForms, error) {
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

// countHashForms is [Admin.CountHashForms].
func (e *Engine) countHashForms(ctx context.Context) error {
	return e.passwords.CountForms(ctx, e.dirs...)
}
