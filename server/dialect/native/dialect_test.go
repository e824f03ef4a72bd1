package native_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/native"
)

// TestLogin_dialect: login-after gets the mount's name at the login and at each refresh,
// also if the session could have begun at two native mounts.
func TestLogin_dialect(t *testing.T) {
	var seen []string
	h := core.NewHooks()
	h.LoginAfter.Bind("see", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
		seen = append(seen, r.Method+"@"+r.Dialect)
		return r, nil
	})
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{Hooks: h, Application: core.Application{Sites: []core.Site{{Name: "auth"}, {Name: "other"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	accounts, err := e.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Password: "correct-horse"}, "test"); err != nil {
		t.Fatal(err)
	}
	d, err := native.Config{}.Open(dialect.Mount{Name: "auth", Issuer: "x"})
	if err != nil {
		t.Fatal(err)
	}
	mux := dialect.Mux(d.Endpoints(e), http.NotFoundHandler())
	post := func(path, body string) string {
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		_, rest, _ := strings.Cut(w.Body.String(), `"refresh_token":"`)
		token, _, _ := strings.Cut(rest, `"`)
		return token
	}
	refresh := post("/auth/login", `{"username":"anna","password":"correct-horse"}`)
	post("/auth/refresh", `{"refresh_token":"`+refresh+`"}`)
	if want := []string{"password@auth", "refresh@auth"}; !slices.Equal(seen, want) {
		t.Errorf("login-after was asked as %q, want %q", seen, want)
	}
}
