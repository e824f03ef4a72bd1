package users

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
)

// WriterOf returns the directory's [Writer], if it has one. The writer turns panics
// into errors, and also successful changes that return no user or another one.
func WriterOf(d Directory) (Writer, bool) {
	w, ok := api.Capability[Writer](d)
	if !ok {
		return nil, false
	}
	return &checkedWriter{w, d.Name()}, true
}

// EnderOf returns the directory's [Ender], if it has one, checked as in [WriterOf].
func EnderOf(d Directory) (Ender, bool) {
	e, ok := api.Capability[Ender](d)
	if !ok {
		return nil, false
	}
	return &checkedEnder{e, d.Name()}, true
}

type checkedWriter struct {
	w    Writer
	name string
}

type checkedEnder struct {
	e    Ender
	name string
}

var (
	_ Writer = (*checkedWriter)(nil)
	_ Ender  = (*checkedEnder)(nil)
)

// List implements [Writer].
func (c *checkedWriter) List(ctx context.Context, after int64, limit int) (list []api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	return c.w.List(ctx, after, limit)
}

// Create implements [Writer].
func (c *checkedWriter) Create(ctx context.Context, n NewUser) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	u, err = c.w.Create(ctx, n)
	if n.Subject == "" {
		n.Subject = u.Subject
	}
	return changed(c.name, n.Subject, u, err)
}

// Update implements [Writer].
func (c *checkedWriter) Update(ctx context.Context, subject string, change Change, actor string) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	u, err = c.w.Update(ctx, subject, change, actor)
	return changed(c.name, subject, u, err)
}

// SetPassword implements [Writer].
func (c *checkedWriter) SetPassword(ctx context.Context, subject string, password api.Secret, actor string) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	u, err = c.w.SetPassword(ctx, subject, password, actor)
	return changed(c.name, subject, u, err)
}

// SetDisabled implements [Writer].
func (c *checkedWriter) SetDisabled(ctx context.Context, subject string, disabled bool, actor string) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	u, err = c.w.SetDisabled(ctx, subject, disabled, actor)
	return changed(c.name, subject, u, err)
}

// SetRoles implements [Writer].
func (c *checkedWriter) SetRoles(ctx context.Context, subject string, roles []string, actor string) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	u, err = c.w.SetRoles(ctx, subject, roles, actor)
	return changed(c.name, subject, u, err)
}

// Delete implements [Writer].
func (c *checkedWriter) Delete(ctx context.Context, subject, actor string) (err error) {
	defer api.Recover("user directory", c.name, &err)
	return c.w.Delete(ctx, subject, actor)
}

// EndAll implements [Ender].
func (c *checkedEnder) EndAll(ctx context.Context, subject, reason, actor string) (u api.User, err error) {
	defer api.Recover("user directory", c.name, &err)
	u, err = c.e.EndAll(ctx, subject, reason, actor)
	return changed(c.name, subject, u, err)
}

func changed(directory, subject string, u api.User, err error) (api.User, error) {
	if err == nil && (u.Subject == "" || u.Subject != subject) {
		err = api.Fault("user directory %q changed user %q and answered with %q", directory, subject, u.Subject)
	}
	if err != nil {
		return api.User{}, err
	}
	return u, nil
}
