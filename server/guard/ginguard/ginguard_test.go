package ginguard_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/server/guard"
	"github.com/cardea-auth/cardea/server/guard/ginguard"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}

func newGuard(t *testing.T) *guard.Guard {
	t.Helper()
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "basic", Opener: basic.Config{}}},
		Rules: []route.Rule{
			{Name: "public", Path: "/public", Access: route.Public},
			{Name: "rest", Path: "/**", Access: route.Required},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	accounts, err := e.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Roles: []string{"editor"}, Password: "correct-horse"}, "test"); err != nil {
		t.Fatal(err)
	}
	return guard.New(guard.Config{Engine: e})
}

func TestMiddleware(t *testing.T) {
	g := newGuard(t)
	r := gin.New()
	r.Use(ginguard.Middleware(g))
	reached := 0
	show := func(c *gin.Context) {
		reached++
		id, ok := ginguard.Identity(c)
		plain, _ := guard.Identity(c.Request.Context())
		c.String(200, "%s %v %s %q", id.Login, ok, plain.Login, c.GetHeader("X-Auth-User"))
	}
	r.GET("/public", show)
	r.GET("/x", show)
	r.Group("/admin", ginguard.Require(g, "administrator")).GET("/x", show)
	r.Group("/edit", ginguard.Require(g, "editor")).GET("/x", show)
	for _, c := range []struct {
		path, password string
		status         int
		body           string
	}{
		{"/public", "", 200, ` false  ""`},
		{"/x", "", 401, "no_credential"},
		{"/x", "wrong", 401, "unauthenticated"},
		{"/x", "correct-horse", 200, `anna true anna ""`},
		{"/admin/x", "correct-horse", 403, `"code":"role"`},
		{"/edit/x", "correct-horse", 200, `anna true anna ""`},
	} {
		reached = 0
		req, w := httptest.NewRequest("GET", c.path, nil), httptest.NewRecorder()
		req.Header.Set("X-Auth-User", "root")
		if c.password != "" {
			req.SetBasicAuth("anna", c.password)
		}
		r.ServeHTTP(w, req)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s with %q: %d %s; want %d %s", c.path, c.password, w.Code, w.Body, c.status, c.body)
		}
		if passed := reached == 1; passed != (c.status == 200) {
			t.Errorf("%s with %q: the handler ran %d times", c.path, c.password, reached)
		}
	}
}

// TestMiddleware_testContext works with gin's own way of testing handlers.
func TestMiddleware_testContext(t *testing.T) {
	g := newGuard(t)
	for password, aborted := range map[string]bool{"wrong": true, "correct-horse": false} {
		w := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(w)
		c.Request, _ = http.NewRequest("GET", "/x", nil)
		c.Request.SetBasicAuth("anna", password)
		ginguard.Middleware(g)(c)
		if _, known := ginguard.Identity(c); c.IsAborted() != aborted || known == aborted {
			t.Errorf("%s: aborted %v, known %v", password, c.IsAborted(), known)
		}
	}
}

// TestNilGuard: a missing guard fails at the start, not at a request.
func TestNilGuard(t *testing.T) {
	for name, build := range map[string]func(){
		"Middleware": func() { ginguard.Middleware(nil) },
		"Require":    func() { ginguard.Require(nil, "editor") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s takes a nil guard", name)
				}
			}()
			build()
		}()
	}
}

// TestMiddleware_context: handlers behind the guard run within its request.
func TestMiddleware_context(t *testing.T) {
	r := gin.New()
	r.Use(ginguard.Middleware(newGuard(t)))
	var inside error
	var outside *http.Request
	r.GET("/x", func(c *gin.Context) { inside, outside = c.Request.Context().Err(), c.Request })
	in := httptest.NewRequest("GET", "/x", nil)
	in.SetBasicAuth("anna", "correct-horse")
	r.ServeHTTP(httptest.NewRecorder(), in)
	if outside == nil || inside != nil || outside.Context().Err() == nil {
		t.Errorf("the context ended while the handler ran (%v), or did not end after it", inside)
	}
}
