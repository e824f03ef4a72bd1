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
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/server/guard"
)

// TestHandler_contextEnds: the context of a running handler ends within a second of its
// credential, unless the rule says keep.
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
				case <-time.After(patience(c.ends)):
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

// TestRequire_contextEnds: the context of a handler ends within a second after the user
// loses the role that a rule or Require demands, also if the change of roles revokes no
// credential.
func TestRequire_contextEnds(t *testing.T) {
	ctx := context.Background()
	s := memory.New()
	defer s.Close()
	pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	e, err := core.New(ctx, core.Config{
		Store: s, Passwords: pw,
		Directories: []users.Directory{users.NewStore(s, users.StoreConfig{Passwords: pw, RevokeOn: users.RevokeOn{Role: users.Off}})},
		Policy: core.Policy{
			Methods: []core.NamedMethod{{Name: "basic", Opener: basic.Config{}}},
			Rules:   []route.Rule{{Name: "all", Path: "/**"}, {Name: "edit", Path: "/edit", Roles: []string{"editor"}}},
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
	u, err := accounts.Create(ctx, users.NewUser{Login: "anna", Password: "correct-horse"}, "test")
	if err != nil {
		t.Fatal(err)
	}
	g, other := guard.New(guard.Config{Engine: e}), guard.New(guard.Config{Engine: newEngine(t, nil)})
	for _, c := range []struct {
		name, path string
		list       []middleware
		ends       bool
	}{
		{"rule", "/edit", []middleware{g.Handler}, true},
		{"rule without roles", "/x", []middleware{g.Handler}, false},
		{"Require without roles", "/x", []middleware{g.Handler, g.Require()}, false},
		{"Require", "/x", []middleware{g.Require("editor")}, true},
		{"Require of two", "/x", []middleware{g.Require("owner", "editor")}, true},
		{"Require of one that stays", "/x", []middleware{g.Require("author", "editor")}, false},
		{"Handler and Require", "/x", []middleware{g.Handler, g.Require("editor")}, true},
		{"Require and Handler", "/x", []middleware{g.Require("editor"), g.Handler}, true},
		{"Require twice", "/x", []middleware{g.Require("author"), g.Require("editor"), g.Require("author")}, true},
		{"another engine between", "/x", []middleware{g.Handler, other.Handler, g.Require("editor")}, true},
	} {
		if err := accounts.SetRoles(ctx, u.Subject, []string{"author", "editor"}, "test"); err != nil {
			t.Fatal(err)
		}
		called := false
		h := chain(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			called = true
			if id, _ := guard.Identity(r.Context()); id.Login != "anna" {
				t.Errorf("%s: %q asks", c.name, id.Login)
			}
			time.Sleep(500 * time.Millisecond)
			if err := accounts.SetRoles(ctx, u.Subject, []string{"author"}, "test"); err != nil {
				t.Error(err)
			}
			select {
			case <-r.Context().Done():
			case <-time.After(patience(c.ends)):
			}
			_, isError := errors.AsType[*core.Error](context.Cause(r.Context()))
			if isError != c.ends {
				t.Errorf("%s: ended is %v, by %v", c.name, r.Context().Err() != nil, context.Cause(r.Context()))
			}
		}), c.list...)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, request("GET", c.path, "anna", "correct-horse")); !called {
			t.Errorf("%s: the handler was not called: %d %s", c.name, w.Code, w.Body)
		}
	}
}

// patience is how long a test waits for an end: if none may come, for a second.
func patience(ends bool) time.Duration {
	if ends {
		return time.Minute
	}
	return time.Second
}
