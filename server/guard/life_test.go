package guard_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/server/guard"
)

// TestHandler_contextEnds: a handler that goes on learns within a second that the
// credential has ended, unless the rule keeps it.
func TestHandler_contextEnds(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name, path string
		end        func(*core.Accounts, api.User) error
		ends       bool
	}{
		{"disabled", "/x", func(a *core.Accounts, u api.User) error { return a.SetDisabled(ctx, u.Subject, true, "test") }, true},
		{"other password", "/x", func(a *core.Accounts, u api.User) error {
			return a.SetPassword(ctx, u.Subject, "another-horse", "test")
		}, true},
		{"other role", "/x", func(a *core.Accounts, u api.User) error { return a.SetRoles(ctx, u.Subject, nil, "test") }, true},
		{"deleted", "/x", func(a *core.Accounts, u api.User) error { return a.Delete(ctx, u, "test") }, true},
		{"kept", "/keep/x", func(a *core.Accounts, u api.User) error { return a.SetDisabled(ctx, u.Subject, true, "test") }, false},
		{"public", "/public/x", func(a *core.Accounts, u api.User) error { return a.SetDisabled(ctx, u.Subject, true, "test") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := core.New(ctx, core.Config{
				Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}),
				Policy: core.Policy{
					Methods: []core.NamedMethod{{Name: "basic", Opener: basic.Config{}}},
					Rules: []route.Rule{
						{Name: "all", Path: "/**"}, {Name: "keep", Path: "/keep/**", OnRevoke: route.Keep},
						{Name: "public", Path: "/public/**", Access: route.Public},
					},
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			accounts, err := e.Admin().Accounts()
			if err != nil {
				t.Fatal(err)
			}
			u, err := accounts.Create(ctx, users.NewUser{Login: "anna", Roles: []string{"editor"}, Password: "correct-horse"}, "test")
			if err != nil {
				t.Fatal(err)
			}
			g := guard.New(guard.Config{Engine: e})
			called := false
			handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				called = true
				time.Sleep(500 * time.Millisecond)
				if err := c.end(accounts, u); err != nil {
					t.Error(err)
				}
				select {
				case <-r.Context().Done():
				case <-time.After(time.Second):
				}
				_, isError := errors.AsType[*core.Error](context.Cause(r.Context()))
				if ended := r.Context().Err() != nil; ended != c.ends || isError != c.ends {
					t.Errorf("ended is %v, by %v", ended, context.Cause(r.Context()))
				}
			})
			r := request("GET", c.path, "anna", "correct-horse")
			g.Handler(g.Handler(handler)).ServeHTTP(httptest.NewRecorder(), r)
			if !called {
				t.Error("the handler was not called")
			}
		})
	}
}
