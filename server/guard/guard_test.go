package guard_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/server/guard"
)

// newEngine returns an engine with the user anna, an editor with a password.
func newEngine(tb testing.TB, hooks *core.Hooks) *core.Engine {
	tb.Helper()
	e, err := core.New(tb.Context(), core.Config{Policy: core.Policy{
		Hooks:   hooks,
		Methods: []core.NamedMethod{{Name: "basic", Opener: basic.Config{}}},
		Rules: []route.Rule{
			{Name: "public", Path: "/public/**", Access: route.Public},
			{Name: "optional", Path: "/optional", Access: route.Optional},
			{Name: "admin", Path: "/admin/**", Access: route.Required, Roles: []string{"administrator"}},
			{Name: "rest", Path: "/**", Access: route.Required},
		},
	}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { e.Close() })
	accounts, err := e.Admin().Accounts()
	if err != nil {
		tb.Fatal(err)
	}
	_, err = accounts.Create(tb.Context(), users.NewUser{Login: "anna", Roles: []string{"editor"}, Password: "correct-horse"}, "test")
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// whoami answers with the user and the identity headers.
var whoami = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	id, ok := guard.Identity(r.Context())
	forged := ""
	for name := range r.Header {
		if strings.HasPrefix(strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name)), "x-auth-") {
			forged += name
		}
	}
	fmt.Fprintf(w, "%s %v %s", id.Login, ok, forged)
})

func request(method, target string, as ...string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.Header["X_Auth_User"], r.Header["x.auth-user"] = []string{"root"}, []string{"root"}
	r.Header.Set("X-Auth-Roles", "administrator")
	if len(as) == 2 {
		r.SetBasicAuth(as[0], as[1])
	}
	return r
}

func TestHandler(t *testing.T) {
	h := guard.New(guard.Config{Engine: newEngine(t, nil)}).Handler(whoami)
	anna := []string{"anna", "correct-horse"}
	for _, c := range []struct {
		target string
		as     []string
		status int
		body   string
	}{
		{"/public/x", nil, 200, " false "},
		{"/optional", nil, 200, " false "},
		{"/optional", anna, 200, "anna true "},
		{"/x", nil, 401, `"code":"no_credential"`},
		{"/x", []string{"anna", "wrong"}, 401, `"code":"unauthenticated"`},
		{"/x", anna, 200, "anna true "},
		{"/admin/x", anna, 403, `"code":"role"`},
		{"/x%2fy", anna, 400, `"code":"bad_path"`},
		{"//x", anna, 400, `"code":"bad_path"`},
	} {
		r, w := request("GET", c.target, c.as...), httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s as %v: %d %s; want %d %s", c.target, c.as, w.Code, w.Body, c.status, c.body)
		}
		if c.status == 200 && w.Body.String() != c.body {
			t.Errorf("%s: the handler sees %q, want %q", c.target, w.Body, c.body)
		}
		if challenged := w.Header().Get("WWW-Authenticate") != ""; challenged != (c.status == 401) {
			t.Errorf("%s: status %d, challenge %q", c.target, w.Code, w.Header().Get("WWW-Authenticate"))
		}
		if r.Header.Get("X-Auth-Roles") == "" {
			t.Errorf("%s: the caller's own request was changed", c.target)
		}
	}
}

func TestRequire(t *testing.T) {
	g := guard.New(guard.Config{Engine: newEngine(t, nil)})
	for _, c := range []struct {
		roles  []string
		target string
		as     []string
		status int
	}{
		{nil, "/optional", nil, 401},
		{nil, "/optional", []string{"anna", "correct-horse"}, 200},
		{[]string{"administrator"}, "/x", []string{"anna", "correct-horse"}, 403},
		{[]string{"administrator", "editor"}, "/x", []string{"anna", "correct-horse"}, 200},
		{[]string{"editor"}, "/x", nil, 401},
	} {
		w := httptest.NewRecorder()
		g.Require(c.roles...)(whoami).ServeHTTP(w, request("GET", c.target, c.as...))
		if w.Code != c.status {
			t.Errorf("Require(%v) of %s as %v: %d, want %d", c.roles, c.target, c.as, w.Code, c.status)
		}
	}
}

func TestOnError(t *testing.T) {
	var got core.Decision
	g := guard.New(guard.Config{Engine: newEngine(t, nil), OnError: func(w http.ResponseWriter, _ *http.Request, d core.Decision) {
		got = d
		w.WriteHeader(http.StatusTeapot)
	}})
	w := httptest.NewRecorder()
	g.Handler(whoami).ServeHTTP(w, request("GET", "/admin/x", "anna", "correct-horse"))
	if w.Code != http.StatusTeapot || got.Err == nil || got.Err.Reason != api.ReasonRole || got.Identity.Login != "anna" {
		t.Errorf("OnError: %d, %+v", w.Code, got)
	}
}

// TestErrorResponse: refusals pass through the hook, which cannot make them a success.
func TestErrorResponse(t *testing.T) {
	hooks := core.NewHooks()
	hooks.ErrorResponse.Bind("test", func(_ context.Context, r core.ErrorResponse) (core.ErrorResponse, error) {
		r.Status, r.Message = 200, "ask "+r.Attempt.Method+" again"
		r.Fields = r.Fields.With("help", "https://example.com")
		r.Headers = api.Header{"X-Help": {"yes"}, "Www-Authenticate": {"None"}, "content-type": {"text/html"}}
		return r, nil
	})
	w := httptest.NewRecorder()
	guard.New(guard.Config{Engine: newEngine(t, hooks)}).Handler(whoami).ServeHTTP(w, request("GET", "/x"))
	body := w.Body.String()
	if w.Code != 401 || !strings.Contains(body, `"help":"https://example.com"`) || !strings.Contains(body, "ask GET again") || w.Header().Get("X-Help") != "yes" {
		t.Errorf("got %d %v %s, want 401 with the help of the hook", w.Code, w.Header(), body)
	}
	if w.Header().Get("WWW-Authenticate") == "None" || strings.Contains(w.Header().Get("Content-Type"), "html") {
		t.Errorf("the hook has set what is not its own: %v", w.Header())
	}
}

// TestHandler_noServer: a request created by a program has no raw target, only a URL.
func TestHandler_noServer(t *testing.T) {
	r, err := http.NewRequest("GET", "http://a/public/x?y", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	guard.New(guard.Config{Engine: newEngine(t, nil)}).Handler(whoami).ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("got %d %s, want status 200", w.Code, w.Body)
	}
}

func ExampleGuard() {
	ctx := context.Background()
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "basic", Opener: basic.Config{}}},
		Rules:   []route.Rule{{Name: "all", Path: "/**", Access: route.Required}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	accounts, err := engine.Admin().Accounts()
	if err != nil {
		fmt.Println(err)
		return
	}
	accounts.Create(ctx, users.NewUser{Login: "anna", Password: "correct-horse"}, "example")

	g := guard.New(guard.Config{Engine: engine})
	server := httptest.NewServer(g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, _ := guard.Identity(r.Context())
		fmt.Fprintf(w, "hello %s", id.Login)
	})))
	defer server.Close()

	for _, password := range []string{"wrong", "correct-horse"} {
		r, _ := http.NewRequest("GET", server.URL+"/hello", nil)
		r.SetBasicAuth("anna", password)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		fmt.Println(res.StatusCode, string(body))
	}
	// Output:
	// 401 {"code":"unauthenticated","message":"the credentials are not accepted","data":{"status":401}}
	// 200 hello anna
}
