package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// Applications is the ability of a [Directory] whose users have passwords for
// programs besides their own, as WordPress's application passwords. [Check] asks
// for them where the user's own does not fit.
type Applications interface {
	// FitsApplication returns nil if the password is one of the user's for
	// programs and [ErrMismatch] if not; any other error is technical. It verifies
	// with [Passwords.VerifyAny], also where the user has none, so that it always
	// costs the same.
	FitsApplication(ctx context.Context, pw *Passwords, u api.User, password api.Secret) error
}

// applicationLength is how many letters and digits such a password has. Only what
// looks like one is tried, so that guessing a user's own costs no more than before.
const applicationLength = 24

// LooksLikeApplication reports whether a text has the form of a password for a
// program: what has not is none, and trying it is no guess.
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

// checkApplication returns [ErrMismatch] also where there is no such thing.
func checkApplication(ctx context.Context, dirs []Directory, dir Directory, user api.User, pw *Passwords, password api.Secret) (err error) {
	d, able := api.Capability[Applications](dir)
	if !able || !LooksLikeApplication(password) {
		return spendApplication(ctx, dirs, pw, password)
	}
	defer api.Recover("user directory", dir.Name(), &err)
	err = d.FitsApplication(ctx, pw, user, password)
	if err != nil && !errors.Is(err, ErrMismatch) {
		err = fmt.Errorf("passwords of programs: %w", err)
	}
	return err
}

// spendApplication does the work of checkApplication for nobody, and for users of a
// directory that has no such thing beside one that has.
func spendApplication(ctx context.Context, dirs []Directory, pw *Passwords, password api.Secret) error {
	for _, dir := range dirs {
		if _, able := api.Capability[Applications](dir); able && LooksLikeApplication(password) {
			_, err := pw.VerifyAny(ctx, nil, password)
			return err
		}
	}
	return ErrMismatch
}
