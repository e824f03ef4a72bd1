package users_test

import (
	"context"
	"errors"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// brokenWriter returns the result of answer from every change and every other ability.
type brokenWriter struct {
	fakeDirectory
	answer func() (api.User, error)
}

func (b brokenWriter) List(context.Context, int64, int) ([]api.User, error) {
	u, err := b.answer()
	return []api.User{u}, err
}
func (b brokenWriter) Create(context.Context, users.NewUser) (api.User, error) { return b.answer() }
func (b brokenWriter) Update(context.Context, string, users.Change, string) (api.User, error) {
	return b.answer()
}
func (b brokenWriter) SetPassword(context.Context, string, api.Secret, string) (api.User, error) {
	return b.answer()
}
func (b brokenWriter) SetDisabled(context.Context, string, bool, string) (api.User, error) {
	return b.answer()
}
func (b brokenWriter) SetRoles(context.Context, string, []string, string) (api.User, error) {
	return b.answer()
}
func (b brokenWriter) Delete(context.Context, string, string) error { _, err := b.answer(); return err }
func (b brokenWriter) EndAll(context.Context, string, string, string) (api.User, error) {
	return b.answer()
}
func (b brokenWriter) FitsApplication(context.Context, *users.Passwords, api.User, api.Secret) (string, error) {
	_, err := b.answer()
	return "", err
}

// TestChecked_abilities: results of a directory's optional abilities are checked too, even
// if wrapped.
func TestChecked_abilities(t *testing.T) {
	ctx := t.Context()
	for _, tt := range []struct {
		name   string
		answer func() (api.User, error)
		ok     bool // for a user u_1
	}{
		{"right", func() (api.User, error) { return api.User{Subject: "u_1"}, nil }, true},
		{"nobody", func() (api.User, error) { return api.User{}, nil }, false},
		{"another", func() (api.User, error) { return api.User{Subject: "u_2"}, nil }, false},
		{"panics", func() (api.User, error) { panic("ouch") }, false},
	} {
		d, err := users.Checked(brokenWriter{fakeDirectory{name: "fake"}, tt.answer})
		if err != nil {
			t.Fatal(err)
		}
		w, writes := users.WriterOf(d)
		e, ends := users.EnderOf(d)
		if !writes || !ends {
			t.Fatal("the wrapping hides abilities")
		}
		for what, ask := range map[string]func() (api.User, error){
			"create":   func() (api.User, error) { return w.Create(ctx, users.NewUser{Subject: "u_1"}) },
			"update":   func() (api.User, error) { return w.Update(ctx, "u_1", users.Change{}, "") },
			"password": func() (api.User, error) { return w.SetPassword(ctx, "u_1", "x", "") },
			"disable":  func() (api.User, error) { return w.SetDisabled(ctx, "u_1", true, "") },
			"roles":    func() (api.User, error) { return w.SetRoles(ctx, "u_1", nil, "") },
			"end all":  func() (api.User, error) { return e.EndAll(ctx, "u_1", "", "") },
		} {
			u, err := ask()
			if (err == nil) != tt.ok || err != nil && (api.CodeOf(err) != api.Internal || u.Subject != "") {
				t.Errorf("%s, %s: got %q, %v; want success: %v", tt.name, what, u.Subject, err, tt.ok)
			}
		}
	}
	panicking, _ := users.Checked(brokenWriter{fakeDirectory{name: "fake", users: []api.User{{Subject: "u_1", Login: "a"}}}, func() (api.User, error) { panic("ouch") }})
	w, _ := users.WriterOf(panicking)
	if _, err := w.List(ctx, 0, 1); api.CodeOf(err) != api.Internal {
		t.Errorf("list: List(0, 1) = %v, want code %s", err, api.Internal)
	}
	if err := w.Delete(ctx, "u_1", ""); api.CodeOf(err) != api.Internal {
		t.Errorf("delete: Delete(\"u_1\", \"\") = %v, want code %s", err, api.Internal)
	}
	_, _, err := users.Check(ctx, []users.Directory{panicking}, cheap(), "a", "abcd efgh ijkl mnop qrst uvwx", users.CheckOptions{})
	if api.CodeOf(err) != api.Internal {
		t.Errorf("application passwords that panic: got %v, want code %s", err, api.Internal)
	}
}

func TestChecked_refuses(t *testing.T) {
	for name, d := range map[string]users.Directory{
		"nil": nil, "nil pointer": (*users.Store)(nil), "no name": fakeDirectory{},
	} {
		if _, err := users.Checked(d); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	once, err := users.Checked(fakeDirectory{name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := users.Checked(once); err != nil || twice != once {
		t.Errorf("checked twice: got %v, %v; want %v", twice, err, once)
	}
	if _, err := once.BySubject(t.Context(), ""); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("an empty subject: BySubject(\"\") = %v, want error %q", err, api.ErrNotFound)
	}
}
