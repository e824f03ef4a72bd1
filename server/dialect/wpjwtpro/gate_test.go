package wpjwtpro_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect/wpjwtpro"
)

// TestCases_gate covers the cases on WordPress's own routes: the upstream answers
// them by whom the gate says it is, nobody for a bad token.
func TestCases_gate(t *testing.T) {
	s := serve(t, nil)
	access, _ := login(t, s, goodLogin)
	d, err := wpjwtpro.New(mount())
	if err != nil {
		t.Fatal(err)
	}
	err = s.Engine.Reload(context.Background(), core.Policy{
		Layouts: []core.Layout{d.Layout()}, WhenStale: core.StaleOpen,
		Methods: []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}},
		Rules:   []route.Rule{{Name: "all", Path: "/**", Access: route.Optional, OnBadToken: route.Anonymous}},
	})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, c := range loadCases(t) {
		if !c.others() {
			continue
		}
		count++
		a := &api.Attempt{Method: c.Method, RawTarget: c.Path, Header: api.Header{}}
		want := ""
		switch c.Headers["Authorization"] {
		case "Bearer {{token}}":
			a.Header["Authorization"], want = []string{"Bearer " + access}, "sub1"
		case "Bearer {{token_expired}}":
			a.Header["Authorization"] = []string{"Bearer " + sign(t, s.Now().Add(-time.Hour), time.Minute)}
		}
		decision := s.Engine.Decide(context.Background(), a)
		anonymous := c.Expect.Status == http.StatusUnauthorized || want == ""
		if decision.Outcome != core.Allowed || decision.Identity.Login != want || decision.Anonymous() != anonymous {
			t.Errorf("%s: got %+v, want %q to pass", c.ID, decision, want)
		}
	}
	if count != 4 {
		t.Errorf("%d cases are about routes of others, want 4", count)
	}
}

func TestRefuseGate(t *testing.T) {
	s := serve(t, nil)
	d, err := wpjwtpro.New(mount())
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]bool{"/wp-json/wp/v2/posts": true, "/": false} {
		r := httptest.NewRequest("GET", target, nil)
		r.Header.Set("Authorization", "Bearer a.b.c")
		w := httptest.NewRecorder()
		cause := api.E(api.Unauthenticated, api.ReasonTokenMalformed, "")
		if got := d.RefuseGate(s.Engine, w, r, core.Decision{Err: cause}); got != want || got && w.Code != 403 {
			t.Errorf("%s: got %v %d, want %v", target, got, w.Code, want)
		}
	}
}
