package users

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/cardea-auth/cardea/core/api"
)

// Checked wraps a directory so that its answers are validated, as the engine uses it: a
// panic, a user other than the requested one, or one without a subject or login is an
// error of code internal. Checked fails if d is nil or has no name.
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

// checked is a directory that is not trusted to keep its contract. Its name is fixed
// when it is wrapped.
type checked struct {
	d    Directory
	name string
}

var _ Directory = (*checked)(nil)

// Name implements [Directory].
func (c *checked) Name() string { return c.name }

// Unwrap returns the wrapped directory, which may have further abilities.
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

// nobody is the result for an empty key, which must not match users without that field.
func nobody(what string) error { return fmt.Errorf("user with an empty %s: %w", what, api.ErrNotFound) }

// answer returns the error, or the user if it is valid and the requested one.
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
