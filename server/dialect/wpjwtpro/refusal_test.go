package wpjwtpro_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

// site is a WordPress with a post and a route that returns the user.
type site struct{}

// RoundTrip implements http.RoundTripper.
func (site) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	switch user := r.Header.Get(core.HeaderUser); {
	case !strings.HasSuffix(r.URL.Path, "/users/me"):
		io.WriteString(w, `[{"id":1}]`)
	case user == "":
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"code":"rest_not_logged_in","message":"You are not currently logged in.","data":{"status":401}}`)
	default:
		io.WriteString(w, `{"id":3,"name":"`+user+`"}`)
	}
	return w.Result(), nil
}

// TestCases_refusals covers the cases on WordPress's own routes, behind a gateway without a
// setting for bad tokens.
func TestCases_refusals(t *testing.T) {
	count := 0
	for _, c := range loadCases(t) {
		if !c.others() {
			continue
		}
		count++
		t.Run(c.ID+" "+c.Name, func(t *testing.T) {
			methods := []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}}
			s := dialecttest.ServeGateway(t, place(), recorded(), methods, dialecttest.Everything(), site{})
			fill := placeholders(t, s, c)
			a := s.Do(t, c.Method, c.Path, c.body(fill), c.headers(fill)...)
			c.check(t, a)
			if name := a.Get("name"); c.Expect.Status == http.StatusOK && len(c.Expect.Keys) > 0 && name != "sub1" {
				t.Errorf("WordPress took the client for %q, want sub1", name)
			}
		})
	}
	if count != 4 {
		t.Errorf("%d cases are about routes of others, want 4", count)
	}
}

func TestRefusal(t *testing.T) {
	s := serve(t, nil)
	d, err := recorded().Open(place())
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]bool{"/wp-json/wp/v2/posts": true, "/": false} {
		a := &api.Attempt{Method: "GET", RawTarget: target, Header: api.Header{"Authorization": {"Bearer a.b.c"}}}
		cause := api.E(api.Unauthenticated, api.ReasonTokenMalformed, "")
		if got, ok := d.(dialect.Refuser).Refusal(t.Context(), s.Engine, a, core.Decision{Err: cause}); ok != want || ok && got.Status != 403 {
			t.Errorf("%s: got %v %d, want %v", target, ok, got.Status, want)
		}
	}
}
