package directorytest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// fake is a directory with one user that satisfies the contract, except for the changes
// that answer makes to lookups and called to the name.
type fake struct {
	answer func(by string, u api.User, err error) (api.User, error)
	called string
}

func known() api.User {
	return api.User{Subject: "u_anna", Number: 7, Login: "anna", Email: "anna@example.org", Roles: []string{"editor"}}
}

func (f fake) reply(by string, found bool) (u api.User, err error) {
	if err = api.ErrNotFound; found {
		u, err = known(), nil
	}
	if f.answer == nil {
		return u, err
	}
	return f.answer(by, u, err)
}

func (f fake) Name() string { return f.called }

func (f fake) BySubject(_ context.Context, s string) (api.User, error) {
	return f.reply("subject", s == "u_anna")
}

func (f fake) ByNumber(_ context.Context, n int64) (api.User, error) {
	return f.reply("number", n == 7)
}

func (f fake) ByLogin(_ context.Context, s string) (api.User, error) {
	return f.reply("login", api.LoginKey(s) == "anna")
}

func (f fake) ByEmail(_ context.Context, s string) (api.User, error) {
	return f.reply("email", api.LoginKey(s) == "anna@example.org")
}

func good() fake { return fake{called: "fake"} }

func TestRun_good(t *testing.T) {
	Run(t, Case{Open: func(*testing.T) users.Directory { return good() }, Know: known()})
}

// TestRun_catches: each fake violates one rule of the contract, and the suite reports it.
func TestRun_catches(t *testing.T) {
	change := func(f func(u *api.User)) func(string, api.User, error) (api.User, error) {
		return func(_ string, u api.User, err error) (api.User, error) {
			if err == nil {
				f(&u)
			}
			return u, err
		}
	}
	shared := known()
	for _, tt := range []struct {
		name, part string
		fake       users.Directory
	}{
		{"no name", "name", fake{}},
		{"no subject", "finds", fake{called: "x", answer: change(func(u *api.User) { u.Subject = "" })}},
		{"another subject", "finds", fake{called: "x", answer: change(func(u *api.User) { u.Subject = "u_other" })}},
		{"no login", "finds", fake{called: "x", answer: change(func(u *api.User) { u.Login = "" })}},
		{"another login", "finds", fake{called: "x", answer: change(func(u *api.User) { u.Login = "eve" })}},
		{"another number", "finds", fake{called: "x", answer: change(func(u *api.User) { u.Number++ })}},
		{"another e-mail address", "finds", fake{called: "x", answer: change(func(u *api.User) { u.Email = "eve@example.org" })}},
		{"nobody is known", "finds", fake{called: "x", answer: func(string, api.User, error) (api.User, error) { return api.User{}, api.ErrNotFound }}},
		{"everybody is known", "unknown", fake{called: "x", answer: func(string, api.User, error) (api.User, error) { return known(), nil }}},
		{"no user and no error", "unknown", fake{called: "x", answer: func(_ string, u api.User, _ error) (api.User, error) { return u, nil }}},
		{"unknown is technical", "unknown", fake{called: "x", answer: func(_ string, u api.User, err error) (api.User, error) {
			if err != nil {
				err = fmt.Errorf("no rows")
			}
			return u, err
		}}},
		{"a user beside the error", "unknown", fake{called: "x", answer: func(_ string, _ api.User, err error) (api.User, error) { return known(), err }}},
		{"the empty name is somebody's", "nothing", emptyFinds{good()}},
		{"panics", "finds", fake{called: "x", answer: func(string, api.User, error) (api.User, error) { panic("ouch") }}},
		{"case matters", "case", exactCase{good()}},
		{"shares its roles", "own copies", fake{called: "x", answer: func(_ string, _ api.User, err error) (api.User, error) { return shared, err }}},
		{"an ended context is nobody", "ended context", contextual{good()}},
	} {
		if caught := catches(t, tt.fake); !slices.Contains(caught, tt.part) {
			t.Errorf("%s: caught by %v, want %q among them", tt.name, caught, tt.part)
		}
	}
}

// catches returns the parts of the suite that report an error.
func catches(t *testing.T, d users.Directory) (caught []string) {
	var mu sync.Mutex
	for _, p := range parts() {
		p.check(&run{Case: Case{Know: known()}, d: d, report: func(string, ...any) {
			mu.Lock()
			defer mu.Unlock()
			if !slices.Contains(caught, p.name) {
				caught = append(caught, p.name)
			}
		}})
	}
	return caught
}

type emptyFinds struct{ fake }

func (e emptyFinds) ByEmail(ctx context.Context, s string) (api.User, error) {
	if s == "" {
		return known(), nil
	}
	return e.fake.ByEmail(ctx, s)
}

type exactCase struct{ fake }

func (e exactCase) ByLogin(ctx context.Context, s string) (api.User, error) {
	return e.reply("login", s == "anna")
}

type contextual struct{ fake }

func (c contextual) ByLogin(ctx context.Context, s string) (api.User, error) {
	if ctx.Err() != nil {
		return api.User{}, api.ErrNotFound
	}
	return c.fake.ByLogin(ctx, s)
}
