package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// Applications is the ability of a [Directory] whose users have additional passwords
// for programs, like WordPress's application passwords. [Check] tries them if the
// user's own password does not match.
type Applications interface {
	// FitsApplication returns the id of the user's application password that matches, or
	// "" if it has none. It returns [ErrMismatch] if no password matches; any other error
	// is technical. It verifies with [Passwords.VerifyAny] even if the user has none, so
	// that the time is always the same.
	FitsApplication(ctx context.Context, pw *Passwords, u api.User, password api.Secret) (id string, err error)
}

// applicationLength is the number of letters and digits in such a password. Other
// passwords are not tried, so that guessing a user's own password has the usual cost.
const applicationLength = 24

// LooksLikeApplication reports whether a text has the form of an application password.
// Other texts are never tried as one.
func LooksLikeApplication(password api.Secret) bool {
	n := 0
	for _, c := range password.Reveal() {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			n++
		case c != ' ':
			return false
		}
	}
	return n == applicationLength
}

// checkApplication verifies an application password and returns its id; it returns
// [ErrMismatch] also if the directory has none.
func checkApplication(ctx context.Context, dirs []Directory, dir Directory, user api.User, pw *Passwords, password api.Secret) (id string, err error) {
	d, able := api.Capability[Applications](dir)
	if !able || !LooksLikeApplication(password) {
		return "", spendApplication(ctx, dirs, pw, password)
	}
	defer api.Recover("user directory", dir.Name(), &err)
	id, err = d.FitsApplication(ctx, pw, user, password)
	if err != nil && !errors.Is(err, ErrMismatch) {
		err = fmt.Errorf("passwords of programs: %w", err)
	}
	return id, err
}

// spendApplication does the work of checkApplication for unknown users, and for users
// of a directory without application passwords if another directory has them.
func spendApplication(ctx context.Context, dirs []Directory, pw *Passwords, password api.Secret) error {
	for _, dir := range dirs {
		if _, able := api.Capability[Applications](dir); able && LooksLikeApplication(password) {
			_, err := pw.VerifyAny(ctx, nil, password)
			return err
		}
	}
	return ErrMismatch
}
