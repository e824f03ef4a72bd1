package guard_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/guard"
)

// mixed are rules with a public, an optional and a required part.
func mixed() []route.Rule {
	return []route.Rule{
		{Name: "public", Path: "/public/**", Access: route.Public},
		{Name: "optional", Path: "/optional/**", Access: route.Optional},
		{Name: "write", Path: "/posts", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "rest", Path: "/**", Access: route.Required},
	}
}

// counted is an engine whose hooks count calls and list refusals.
type counted struct {
	*core.Engine
	key     string
	asked   int
	refused []string
}

func newCounted(t *testing.T, rate int) *counted {
	c := &counted{}
	hooks := core.NewHooks()
	hooks.RouteAccess.Bind("count", func(_ context.Context, a core.Access) (core.Access, error) {
		c.asked++
		return a, nil
	})
	hooks.RequestDenied.Bind("list", func(_ context.Context, ev core.Event) error {
		c.refused = append(c.refused, ev.Reason+" "+ev.Rule+" "+ev.Identity.Login)
		return nil
	})
	c.Engine, c.key = engineOf(t, core.Policy{Rules: mixed(), Hooks: hooks}, nil, rate)
	return c
}

func setHeader(name, value string) middleware {
	return changing(func(r *http.Request) { r.Header.Set(name, value) })
}

func setMethod(method string) middleware {
	return changing(func(r *http.Request) { r.Method = method })
}

// TestRequire_reuses has one line for each thing that may happen to a request between
// Handler and Require. asked is how often the engine decided on a user.
func TestRequire_reuses(t *testing.T) {
	basic := func(login string) middleware {
		return changing(func(r *http.Request) { r.SetBasicAuth(login, "correct-horse") })
	}
	for _, c := range []struct {
		name    string
		between []middleware
		method  string
		target  string
		as      string
		header  string // X-Team
		roles   []string
		status  int
		asked   int
		refused []string
	}{
		{name: "nothing", target: "/x", as: "anna", status: 200, asked: 1},
		{name: "a role", target: "/x", as: "anna", roles: []string{"editor"}, status: 200, asked: 1},
		{name: "a role that is missing", target: "/x", as: "anna", roles: []string{"administrator"}, status: 403, asked: 1, refused: []string{"role rest anna"}},
		{name: "nobody where all may pass", target: "/public/x", status: 401, refused: []string{"no_credential public "}},
		{name: "somebody where nobody is asked", target: "/public/x", as: "anna", status: 401, refused: []string{"no_credential public "}},
		{name: "nobody where a credential is optional", target: "/optional/x", status: 401, asked: 1, refused: []string{"no_credential optional "}},
		{name: "HEAD", method: "HEAD", target: "/x", as: "anna", status: 200, asked: 1},
		{name: "OPTIONS", method: "OPTIONS", target: "/x", as: "anna", status: 200, asked: 1},
		{name: "a header is added", between: []middleware{setHeader("X-Request-Id", "1")}, target: "/x", as: "anna", status: 200, asked: 1},
		{name: "a header is added for nobody", between: []middleware{setHeader("X-Team", "blue")}, target: "/optional/x", status: 401, asked: 2, refused: []string{"no_credential optional "}},
		{name: "a header is changed", between: []middleware{setHeader("X-Team", "blue")}, target: "/x", as: "anna", header: "red", status: 200, asked: 2},
		{name: "the credential is changed", between: []middleware{basic("eve")}, target: "/x", as: "anna", status: 401, asked: 1, refused: []string{"unknown_user rest "}},
		{name: "the credential is removed", between: []middleware{changing(func(r *http.Request) { r.Header.Del("Authorization") })}, target: "/x", as: "anna", status: 401, asked: 1, refused: []string{"no_credential rest "}},
		{name: "a credential is added", between: []middleware{basic("anna")}, target: "/optional/x", status: 200, asked: 2},
		{name: "a second credential is added", between: []middleware{setHeader("X-Api-Key", "x")}, target: "/x", as: "anna", status: 401, asked: 1, refused: []string{"many_credentials rest "}},
		{name: "the method is changed", between: []middleware{setMethod("DELETE")}, method: "POST", target: "/posts", as: "anna", status: 403, asked: 1, refused: []string{"role write anna"}},
		{name: "the host is changed", between: []middleware{changing(func(r *http.Request) { r.Host = "other.test" })}, target: "/x", as: "anna", status: 200, asked: 2},
		{name: "the target is changed", between: []middleware{changing(func(r *http.Request) { r.RequestURI, r.URL.Path = "/y", "/y" })}, target: "/x", as: "anna", status: 200, asked: 2},
		{name: "a prefix is stripped", between: []middleware{strip("/api")}, target: "/api/x", as: "anna", status: 200, asked: 1},
		{name: "all is stripped", between: []middleware{strip("/api")}, target: "/api", as: "anna", status: 200, asked: 1},
		{name: "a slash is stripped within the rule", between: []middleware{stripSlashes}, target: "/x/", as: "anna", status: 200, asked: 2}, // as both paths
		{name: "the path is changed within the rule", between: []middleware{setPath("/y")}, target: "/x", as: "anna", status: 200, asked: 1},
		{name: "the path is changed to another rule's", between: []middleware{setPath("/x")}, target: "/optional/y", as: "anna", status: 500, asked: 1, refused: []string{"misconfigured optional anna"}},
		{name: "RawPath is changed", between: []middleware{changing(func(r *http.Request) { r.URL.RawPath = "/y" })}, target: "/x", as: "anna", status: 500, asked: 1, refused: []string{"misconfigured rest anna"}},
		{name: "the request is another one, without a user", between: []middleware{another("GET", "/y")}, target: "/x", as: "anna", status: 401, asked: 1, refused: []string{"no_credential rest "}},
		{name: "the request is another one, to what is public", between: []middleware{another("GET", "/public/y")}, target: "/x", as: "anna", status: 401, asked: 1, refused: []string{"no_credential public "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newCounted(t, 0)
			g := guard.New(guard.Config{Engine: e.Engine})
			list := slices.Concat([]middleware{g.Handler}, c.between, []middleware{g.Require(c.roles...)})
			method := c.method
			if method == "" {
				method = "GET"
			}
			r, w := httptest.NewRequest(method, c.target, nil), httptest.NewRecorder()
			r.Header.Set("X-Auth-User", "root")
			if c.as != "" {
				r.SetBasicAuth(c.as, "correct-horse")
			}
			if c.header != "" {
				r.Header.Set("X-Team", c.header)
			}
			chain(routed, list...).ServeHTTP(w, r)
			if err := e.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if w.Code != c.status || e.asked != c.asked || !slices.Equal(e.refused, c.refused) {
				t.Errorf("%d %s, asked %d times, refused %q; want %d, %d times, %q", w.Code, w.Body, e.asked, e.refused, c.status, c.asked, c.refused)
			}
			if challenged := w.Header().Get("WWW-Authenticate") != ""; challenged != (w.Code == 401) {
				t.Errorf("%d with challenge %q", w.Code, w.Header().Get("WWW-Authenticate"))
			}
		})
	}
}

// another passes on a request of the program's own in the context of the client's.
func another(method, target string) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sub, _ := http.NewRequestWithContext(r.Context(), method, target, nil)
			next.ServeHTTP(w, sub)
		})
	}
}

// TestHandler_nested tests which identity a handler sees below several guards.
func TestHandler_nested(t *testing.T) {
	a, b := newCounted(t, 0), newCounted(t, 0)
	ga, gb := guard.New(guard.Config{Engine: a.Engine}), guard.New(guard.Config{Engine: b.Engine})
	for _, c := range []struct {
		name   string
		list   []middleware
		target string
		status int
		body   string
		askedA int
		askedB int
	}{
		{"one engine", []middleware{ga.Handler, ga.Handler, ga.Require()}, "/x", 200, "GET /x anna", 1, 0},
		{"a guard of the same engine", []middleware{ga.Handler, guard.New(guard.Config{Engine: a.Engine}).Require()}, "/x", 200, "GET /x anna", 1, 0},
		{"two engines", []middleware{ga.Handler, gb.Require()}, "/x", 200, "GET /x anna", 1, 1},
		{"two engines in turn", []middleware{ga.Handler, gb.Handler, ga.Require(), gb.Require()}, "/x", 200, "GET /x anna", 1, 1},
		{"Handler below a prefix", []middleware{ga.Handler, strip("/api"), ga.Handler}, "/api/x", 500, "internal", 1, 0},
		{"another request to what is public", []middleware{ga.Handler, another("GET", "/public/y"), ga.Handler}, "/x", 200, "GET /public/y ", 1, 0},
		{"another engine's public part", []middleware{ga.Handler, changing(func(r *http.Request) { r.RequestURI, r.URL.Path = "/public/y", "/public/y" }), gb.Handler}, "/x", 200, "GET /public/y ", 1, 0},
	} {
		a.asked, b.asked = 0, 0
		r, w := httptest.NewRequest("GET", c.target, nil), httptest.NewRecorder()
		r.SetBasicAuth("anna", "correct-horse")
		chain(routed, c.list...).ServeHTTP(w, r)
		if w.Code != c.status || a.asked != c.askedA || b.asked != c.askedB || c.status == 200 && w.Body.String() != c.body {
			t.Errorf("%s: %d %q, asked %d and %d times; want %d %q, %d and %d times", c.name, w.Code, w.Body, a.asked, b.asked, c.status, c.body, c.askedA, c.askedB)
		}
	}
}

// TestRequire_rate: nested guards count a request once.
func TestRequire_rate(t *testing.T) {
	e := newCounted(t, 4)
	g := guard.New(guard.Config{Engine: e.Engine})
	h := chain(routed, g.Handler, g.Handler, g.Require("editor"), g.Require())
	for i := range 5 {
		r, w := httptest.NewRequest("GET", "/x", nil), httptest.NewRecorder()
		r.Header.Set("X-Api-Key", e.key)
		h.ServeHTTP(w, r)
		if want := map[bool]int{true: 200, false: 429}[i < 4]; w.Code != want {
			t.Errorf("request %d: %d, want %d", i+1, w.Code, want)
		}
	}
}

// TestRequire_root: the rule for the root applies to a path that was rewritten to the
// root.
func TestRequire_root(t *testing.T) {
	engine, _ := engineOf(t, core.Policy{Rules: []route.Rule{
		{Name: "root", Path: "/", Roles: []string{"administrator"}}, {Name: "rest", Path: "/x/**"}, {Name: "open", Path: "/open"},
	}}, nil, 0)
	g := guard.New(guard.Config{Engine: engine})
	for _, c := range []struct {
		target  string
		between middleware
		want    int
	}{
		{"/x/1", setPath("/"), 500}, {"/x/1", setPath(""), 500}, {"/x/1", strip("/x"), 200}, {"/x/1", strip("/x/1"), 500},
	} {
		h := chain(routed, g.Handler, c.between, g.Require())
		r, w := httptest.NewRequest("GET", c.target, nil), httptest.NewRecorder()
		r.SetBasicAuth("anna", "correct-horse")
		if h.ServeHTTP(w, r); w.Code != c.want {
			t.Errorf("%s: got %d %s, want %d", c.target, w.Code, w.Body, c.want)
		}
	}
}
