package users

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// CheckOptions restrict what [Check] accepts; the zero value accepts login names and
// e-mail addresses.
type CheckOptions struct {
	LoginOnly       bool // do not look the login up as an e-mail address
	Phone           bool // also look it up as a phone number, in directories with [Phones]
	ApplicationOnly bool // do not accept the user's own password, see [Applications]
}

// Public messages do not reveal whether the user exists. Reasons do; callers decide
// whether to show them.
const (
	publicWrong       = "wrong user name or password"
	publicUnavailable = "users cannot be checked at the moment"
)

// Check looks the login up and verifies the password. The first directory that has the
// login decides. A refusal is an [*api.Error] with code unauthenticated and one of the
// reasons empty_username, empty_password, unknown_user, unknown_email, wrong_password
// and user_disabled; the last requires the right password. Unknown users, disabled
// users and wrong passwords take the same time. A technical error has code unavailable,
// with reason busy if too many passwords are being checked, or internal if the directory
// itself is faulty. If a directory implements
// [Applications], application passwords are accepted too; a [Verifier] checks its
// users' own passwords itself.
func Check(ctx context.Context, dirs []Directory, pw *Passwords, login string, password api.Secret, opts CheckOptions) (api.Identity, api.User, error) {
	if strings.TrimSpace(login) == "" {
		return refuse(api.ReasonEmptyUser, "a user name is needed")
	}
	if password == "" {
		return refuse(api.ReasonEmptyPassword, "a password is needed")
	}
	dir, user, err := find(ctx, dirs, login, opts)
	if err != nil {
		return unavailable(err)
	}
	pw = pw.in(ctx, dirs)
	if dir == nil {
		return checkNobody(ctx, dirs, pw, login, password, opts)
	}
	return checkUser(ctx, dirs, dir, user, pw, password, opts)
}

func checkUser(ctx context.Context, dirs []Directory, dir Directory, user api.User, pw *Passwords, password api.Secret, opts CheckOptions) (api.Identity, api.User, error) {
	application, err := "", ErrMismatch
	if !opts.ApplicationOnly {
		err = checkOwn(ctx, dirs, dir, user, pw, password)
	}
	switch {
	case errors.Is(err, ErrMismatch):
		application, err = checkApplication(ctx, dirs, dir, user, pw, password)
	case err != nil && !isBusy(err): // a broken hash takes the same time
		_ = spendApplication(ctx, dirs, pw, password)
	}
	if errors.Is(err, ErrMismatch) {
		return refuse(api.ReasonWrongPassword, publicWrong)
	}
	if err != nil {
		return unavailable(fmt.Errorf("directory %s, user %s: %w", dir.Name(), user.Subject, err))
	}
	if user.Disabled {
		return refuse(api.ReasonDisabled, "this user is disabled")
	}
	id := user.Identity(dir.Name())
	id.Proof.Application = application
	return id, user, nil
}

// checkNobody does the work of a check for an unknown user and returns the refusal.
func checkNobody(ctx context.Context, dirs []Directory, pw *Passwords, login string, password api.Secret, opts CheckOptions) (api.Identity, api.User, error) {
	err := ErrMismatch
	if !opts.ApplicationOnly {
		err = checkOwn(ctx, dirs, nil, api.User{}, pw, password)
	}
	if !errors.Is(err, ErrMismatch) {
		return unavailable(err)
	}
	if err := spendApplication(ctx, dirs, pw, password); !errors.Is(err, ErrMismatch) {
		return unavailable(err)
	}
	if looksLikeEmail(login) && !opts.LoginOnly {
		return refuse(api.ReasonUnknownEmail, publicWrong)
	}
	return refuse(api.ReasonUnknownUser, publicWrong)
}

// Find returns the user with this login name or e-mail address from the first directory
// that has one. If there is none, the error has the code not_found and matches
// [api.ErrNotFound].
func Find(ctx context.Context, dirs []Directory, login string) (api.User, error) {
	return FindFor(ctx, dirs, login, CheckOptions{})
}

// FindFor is [Find] for the user that [Check] would check with these options.
func FindFor(ctx context.Context, dirs []Directory, login string, opts CheckOptions) (api.User, error) {
	dir, user, err := find(ctx, dirs, login, opts)
	if err == nil && dir == nil {
		return user, api.Wrap(api.NotFound, api.ReasonUnknownUser, fmt.Sprintf("no user has the login or e-mail address %.100q", login), api.ErrNotFound)
	}
	if err != nil {
		_, user, err = unavailable(err)
	}
	return user, err
}

// find returns the first directory that has the login, nil if there is none. If a
// directory fails, the search stops: a later one must not answer in its place.
func find(ctx context.Context, dirs []Directory, login string, opts CheckOptions) (Directory, api.User, error) {
	for _, dir := range dirs {
		user, err := findIn(ctx, dir, login, opts)
		if err == nil {
			return dir, user, nil
		}
		if !errors.Is(err, api.ErrNotFound) {
			return nil, api.User{}, fmt.Errorf("directory %s: look up a login: %w", dir.Name(), err)
		}
	}
	return nil, api.User{}, nil
}

func findIn(ctx context.Context, dir Directory, typed string, opts CheckOptions) (api.User, error) {
	login, err := readLogin(dir, typed)
	if err != nil {
		return api.User{}, err
	}
	user, err := dir.ByLogin(ctx, login)
	if errors.Is(err, api.ErrNotFound) && looksLikeEmail(login) && !opts.LoginOnly {
		return dir.ByEmail(ctx, login)
	}
	if errors.Is(err, api.ErrNotFound) && opts.Phone {
		return byPhone(ctx, dir, login)
	}
	return user, err
}

func looksLikeEmail(login string) bool { return strings.Contains(login, "@") }

func refuse(reason, public string) (api.Identity, api.User, error) {
	return api.Identity{}, api.User{}, api.E(api.Unauthenticated, reason, public)
}

// unavailable is the result for a technical error. An error with code internal is a
// fault of the directory and keeps its code; one that says when to retry stays as it is.
func unavailable(err error) (api.Identity, api.User, error) {
	if e, _ := errors.AsType[*api.Error](err); e != nil && (e.Code == api.Internal || isBusy(e)) {
		return api.Identity{}, api.User{}, err
	}
	return api.Identity{}, api.User{}, api.Wrap(api.Unavailable, "", publicUnavailable, err)
}
