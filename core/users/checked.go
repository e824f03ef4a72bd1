package users

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/cardea-auth/cardea/core/api"
)

// Checked returns the directory with its answers checked, as the engine uses it:
// a user who is not the one that was asked for, or who has no subject, and a
// panic are errors of code internal. The error is about d itself: it is nil, or
// has no name.
func Checked(d Directory) (Directory, error) {
	if isNil(d) {
		return nil, errors.New("user directory: it is nil")
	}
	if c, done := d.(*checked); done {
		return c, nil
	}
	name, err := nameOf(d)
	if err != nil {
		return nil, err
	}
	return &checked{d, name}, nil
}

func nameOf(d Directory) (name string, err error) {
	defer api.Recover("user directory", "", &err)
	if name = d.Name(); name == "" {
		return "", errors.New("user directory: it has no name")
	}
	return name, nil
}

// isNil reports whether v is nil, or a nil pointer in an interface.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Slice, reflect.Chan:
		return r.IsNil()
	}
	return false
}

// checked is a directory that is not trusted to keep its contract. Its name is
// what the directory was called when it was checked.
type checked struct {
	d    Directory
	name string
}

var _ Directory = (*checked)(nil)

// Name implements [Directory].
func (c *checked) Name() string { return c.name }

// Unwrap leads to the directory's other abilities.
func (c *checked) Unwrap() any { return c.d }

// BySubject implements [Directory].
func (c *checked) BySubject(ctx context.Context, subject string) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	if subject == "" {
		return u, nobody("subject")
	}
	u, err = c.d.BySubject(ctx, subject)
	return c.answer(u, err, u.Subject == subject, "subject")
}

// ByNumber implements [Directory].
func (c *checked) ByNumber(ctx context.Context, number int64) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	if number < 1 {
		return u, nobody("number")
	}
	u, err = c.d.ByNumber(ctx, number)
	return c.answer(u, err, u.Number == number, "number")
}

// ByLogin implements [Directory].
func (c *checked) ByLogin(ctx context.Context, login string) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	if api.LoginKey(login) == "" {
		return u, nobody("login")
	}
	u, err = c.d.ByLogin(ctx, login)
	return c.answer(u, err, api.LoginKey(u.Login) == api.LoginKey(login), "login")
}

// ByEmail implements [Directory].
func (c *checked) ByEmail(ctx context.Context, email string) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	if api.LoginKey(email) == "" {
		return u, nobody("e-mail address")
	}
	u, err = c.d.ByEmail(ctx, email)
	return c.answer(u, err, api.LoginKey(u.Email) == api.LoginKey(email), "e-mail address")
}

// nobody is the answer where nothing was asked for: a user who lacks the field
// must not be found by it.
func nobody(what string) error { return fmt.Errorf("user with an empty %s: %w", what, api.ErrNotFound) }

// answer lets through an error, and a user who is the one that was asked for.
func (c *checked) answer(u api.User, err error, same bool, what string) (api.User, error) {
	switch {
	case err != nil:
		return api.User{}, err
	case u.Subject == "":
		return api.User{}, api.Fault("user directory %q answered with a user without a subject", c.name)
	case u.Login == "":
		return api.User{}, api.Fault("user directory %q answered with a user without a login", c.name)
	case !same:
		return api.User{}, api.Fault("user directory %q answered with user %q, who has another %s than was asked for", c.name, u.Subject, what)
	}
	return u, nil
}
