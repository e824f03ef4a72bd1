package echo_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/echo"
)

func TestLogin_refused(t *testing.T) {
	d, err := echo.Config{Refusal: "no"}.Open(dialect.Mount{Name: "e", Prefix: "/echo", Issuer: "https://e.example"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := core.New(t.Context(), core.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	w := httptest.NewRecorder()
	dialect.Mux(d.Endpoints(e), http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/echo/login", nil))
	if w.Code != http.StatusForbidden || w.Body.String() != "no\n" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
