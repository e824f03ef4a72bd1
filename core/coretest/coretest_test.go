package coretest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/coretest"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/guard"
)

// TestRules shows how a program tests its rules, with tokens for invented users and a clock
// that the test advances.
func TestRules(t *testing.T) {
	engine, clock := coretest.New(t, core.Config{Policy: core.Policy{Rules: []route.Rule{
		{Name: "admin", Path: "/admin/**", Access: route.Required, Roles: []string{"administrator"}},
		{Name: "rest", Path: "/**", Access: route.Required},
	}}})
	h := guard.New(guard.Config{Engine: engine}).Handler(http.NotFoundHandler())
	anna := coretest.Token(t, engine, api.Identity{Subject: "u1", Login: "anna", Roles: []string{"editor"}})
	root := coretest.Token(t, engine, api.Identity{Subject: "u2", Login: "root", Roles: []string{"administrator"}})
	get := func(path, token string) int {
		r, w := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		h.ServeHTTP(w, r)
		return w.Code
	}
	for _, c := range []struct {
		path, token string
		want        int
	}{
		{"/x", "", 401}, {"/x", anna, 404}, {"/admin/x", anna, 403}, {"/admin/x", root, 404}, {"/x", anna + "x", 401},
	} {
		if got := get(c.path, c.token); got != c.want {
			t.Errorf("%s: %d, want %d", c.path, got, c.want)
		}
	}
	clock.Advance(time.Hour)
	if got := get("/x", anna); got != 401 {
		t.Errorf("an hour later: %d, want 401", got)
	}
}
