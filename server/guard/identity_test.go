package guard_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/guard"
)

// TestWithIdentity: with it, a handler can be tested without an engine; it does not
// bypass a guard, whose result takes precedence.
func TestWithIdentity(t *testing.T) {
	root := api.Identity{Subject: "u1", Login: "root", Roles: []string{"administrator"}}
	r := httptest.NewRequest("GET", "/x", nil)
	r = r.WithContext(guard.WithIdentity(r.Context(), root))
	if id, ok := guard.Identity(r.Context()); !ok || id.Login != "root" {
		t.Errorf("Identity: got %q, %v; want true and Login \"root\"", id.Login, ok)
	}
	g := guard.New(guard.Config{Engine: newEngine(t, nil)})
	for name, h := range map[string]http.Handler{"Handler": g.Handler(whoami), "Require": g.Require("administrator")(whoami)} {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s, want 401", name, w.Code, w.Body)
		}
	}
	r.SetBasicAuth("anna", "correct-horse")
	w := httptest.NewRecorder()
	if g.Handler(whoami).ServeHTTP(w, r); w.Code != 200 || w.Body.String() == "root" {
		t.Errorf("anna: %d %s", w.Code, w.Body)
	}
}
