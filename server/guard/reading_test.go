package guard_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/server/guard"
)

// engineOf returns an engine with the user anna, an editor with a password and an API key
// with a rate limit per minute.
func engineOf(t *testing.T, policy core.Policy, log *slog.Logger, rate int) (*core.Engine, string) {
	t.Helper()
	policy.Methods = []core.NamedMethod{{Name: "basic", Opener: basic.Config{}}, {Name: "apikey", Opener: apikey.Config{}}}
	e, err := core.New(t.Context(), core.Config{
		Policy: policy, Logger: log, Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	accounts, err := e.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	anna, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Roles: []string{"editor"}, Password: "correct-horse"}, "test")
	if err != nil {
		t.Fatal(err)
	}
	key, _, err := accounts.CreateAPIKey(t.Context(), core.NewAPIKey{Subject: anna.Subject, Rate: rate}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return e, key.Reveal()
}

// closed and open are the two ways of writing rules: listing what is public, or what is
// not.
func closed() []route.Rule {
	return []route.Rule{
		{Name: "public", Path: "/public/**", Access: route.Public},
		{Name: "leaf", Path: "/open", Access: route.Public},
		{Name: "slash", Path: "/docs/", Access: route.Public},
		{Name: "form", Path: "/form", Access: route.Public, Methods: []string{"GET", "POST"}},
		{Name: "rest", Path: "/**", Access: route.Required},
	}
}

func open() []route.Rule {
	return []route.Rule{
		{Name: "admin", Path: "/admin", Access: route.Required},
		{Name: "one", Path: "/one/*", Access: route.Required},
		{Name: "slash", Path: "/back/", Access: route.Required},
		{Name: "write", Path: "/posts", Methods: []string{"DELETE"}, Access: route.Required},
		{Name: "rest", Path: "/**", Access: route.Public},
	}
}

type middleware = func(http.Handler) http.Handler

// changing is middleware that changes a copy of the request and of its URL, as middleware
// should.
func changing(change func(*http.Request)) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			u := *r.URL
			r = r.Clone(r.Context())
			r.URL = &u
			change(r)
			next.ServeHTTP(w, r)
		})
	}
}

func strip(prefix string) middleware {
	return func(next http.Handler) http.Handler { return http.StripPrefix(prefix, next) }
}

// stripSlashes is chi's middleware outside of a chi router.
var stripSlashes = changing(func(r *http.Request) {
	if len(r.URL.Path) > 1 {
		r.URL.Path = strings.TrimSuffix(r.URL.Path, "/")
	}
})

// overriding takes the method from a header, as many frameworks do for forms.
var overriding = changing(func(r *http.Request) {
	if m := r.Header.Get("X-HTTP-Method-Override"); m != "" {
		r.Method = m
	}
})

func setPath(path string) middleware { return changing(func(r *http.Request) { r.URL.Path = path }) }

// routed answers with the parts of the request that a router uses.
var routed = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	id, _ := guard.Identity(r.Context())
	fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, id.Login)
})

// TestHandler_oneReading has one line for each way in which rules and handlers could see
// different requests. None may be answered without an identity if the rules require one.
func TestHandler_oneReading(t *testing.T) {
	misread := "internal"
	for _, c := range []struct {
		name   string
		rules  func() []route.Rule
		prefix string       // guard.Config.Prefix
		before []middleware // the outermost first
		after  []middleware
		method string
		target string
		header string // X-HTTP-Method-Override
		status int
		body   string
	}{
		{name: "nothing is changed", rules: closed, target: "/public/x?a=b", status: 200, body: "GET /public/x "},
		{name: "a prefix is stripped before", rules: closed, before: []middleware{strip("/public")}, target: "/public/admin", status: 500, body: misread},
		{name: "the prefix is stated", rules: closed, prefix: "/public", before: []middleware{strip("/public")}, target: "/public/admin", status: 200, body: "GET /admin "},
		{name: "the prefix is stated with a slash", rules: closed, prefix: "/public/", before: []middleware{strip("/public")}, target: "/public/admin", status: 200},
		{name: "the prefix is stated, and the path is it", rules: closed, prefix: "/public", before: []middleware{strip("/public")}, target: "/public", status: 200},
		{name: "rules see the whole path", rules: closed, prefix: "/api", before: []middleware{strip("/api")}, target: "/api/public/x", status: 401},
		{name: "another prefix is stated", rules: closed, prefix: "/other", before: []middleware{strip("/public")}, target: "/public/admin", status: 500, body: misread},
		{name: "half of the prefix is stated", rules: closed, prefix: "/pub", before: []middleware{strip("/public")}, target: "/public/admin", status: 500, body: misread},
		{name: "the prefix ends within a segment", rules: open, prefix: "/x", before: []middleware{strip("/x")}, target: "/xadmin", status: 500, body: misread},
		{name: "the prefix takes the slash along", rules: open, prefix: "/x", before: []middleware{strip("/x/")}, target: "/x/admin", status: 500, body: misread},
		{name: "twice the prefix", rules: closed, prefix: "/public", before: []middleware{strip("/public"), strip("/public")}, target: "/public/public/admin", status: 500, body: misread},
		{name: "two prefixes", rules: closed, prefix: "/public/v1", before: []middleware{strip("/public"), strip("/v1")}, target: "/public/v1/admin", status: 200, body: "GET /admin "},
		{name: "slashes are stripped before", rules: open, before: []middleware{stripSlashes}, target: "/admin/", status: 500, body: misread},
		{name: "slashes are stripped before, and there are none", rules: open, before: []middleware{stripSlashes}, target: "/x", status: 200},
		{name: "slashes are stripped after", rules: open, after: []middleware{stripSlashes}, target: "/admin/", status: 500, body: misread},
		{name: "slashes are stripped after a wildcard", rules: open, after: []middleware{stripSlashes}, target: "/one/x/", status: 500, body: misread},
		{name: "slashes are added after", rules: open, target: "/back", status: 500, body: misread},
		{name: "slashes are stripped where that changes nothing", rules: open, after: []middleware{stripSlashes}, target: "/x/", status: 200},
		{name: "a slash that a rule speaks of", rules: closed, target: "/docs/", status: 200},
		{name: "a slash that no rule speaks of", rules: closed, target: "/docs", status: 401},
		{name: "the path is rewritten", rules: closed, before: []middleware{setPath("/admin")}, target: "/public/x", status: 500, body: misread},
		{name: "the path is rewritten to nothing", rules: closed, before: []middleware{setPath("")}, target: "/public/x", status: 500, body: misread},
		{name: "the path is lowered", rules: open, before: []middleware{setPath("/admin")}, target: "/Admin", status: 500, body: misread},
		{name: "the path is decoded again", rules: open, before: []middleware{setPath("/a b")}, target: "/a+b", status: 500, body: misread},
		{name: "RawPath is rewritten", rules: closed, before: []middleware{changing(func(r *http.Request) { r.URL.RawPath = "/admin" })}, target: "/public/x", status: 500, body: misread},
		{name: "RawPath hides a query", rules: closed, before: []middleware{changing(func(r *http.Request) { r.URL.RawPath = "/public/x?/../admin" })}, target: "/public/x", status: 500, body: misread},
		{name: "RawPath spells the same", rules: closed, target: "/public/a%20(1).txt", status: 200, body: "GET /public/a (1).txt "},
		{name: "RawPath is routed on", rules: closed, target: "/%6fpen", status: 400, body: "bad_path"},
		{name: "Opaque is set", rules: closed, before: []middleware{changing(func(r *http.Request) { r.URL.Opaque = "/admin" })}, target: "/public/x", status: 500, body: misread},
		{name: "RequestURI is rewritten", rules: closed, before: []middleware{changing(func(r *http.Request) { r.RequestURI = "/public/x" })}, target: "/admin", status: 500, body: misread},
		{name: "all is rewritten", rules: closed, before: []middleware{changing(func(r *http.Request) { r.RequestURI, r.URL.Path = "/admin", "/admin" })}, target: "/public/x", status: 401},
		{name: "the query is rewritten", rules: closed, before: []middleware{changing(func(r *http.Request) { r.URL.RawQuery = "b" })}, target: "/public/x?a", status: 500, body: misread},
		{name: "the query has semicolons", rules: closed, before: []middleware{http.AllowQuerySemicolons}, target: "/public/x?a;b", status: 500, body: misread},
		{name: "the URL's host is rewritten", rules: closed, before: []middleware{changing(func(r *http.Request) { r.URL.Host = "other.test" })}, target: "/public/x", status: 500, body: misread},
		{name: "absolute form", rules: closed, target: "http://example.com/public/x", status: 200},
		{name: "absolute form without a path", rules: open, target: "http://example.com", status: 200},
		{name: "absolute form, rewritten", rules: closed, before: []middleware{setPath("/admin")}, target: "http://example.com/public/x", status: 500, body: misread},
		{name: "absolute form, another host", rules: closed, before: []middleware{changing(func(r *http.Request) { r.Host = "other.test" })}, target: "http://example.com/public/x", status: 400},
		{name: "HEAD", rules: closed, method: "HEAD", target: "/public/x", status: 200},
		{name: "HEAD, rewritten", rules: closed, method: "HEAD", before: []middleware{strip("/public")}, target: "/public/admin", status: 500},
		{name: "OPTIONS, rewritten", rules: closed, method: "OPTIONS", before: []middleware{strip("/public")}, target: "/public/admin", status: 500},
		{name: "OPTIONS *", rules: open, method: "OPTIONS", target: "*", status: 400},
		{name: "CONNECT", rules: open, method: "CONNECT", target: "example.com:80", status: 405},
		{name: "the method is overridden before", rules: open, before: []middleware{overriding}, method: "POST", target: "/posts", header: "DELETE", status: 401},
		{name: "the method is overridden after", rules: open, after: []middleware{overriding}, method: "POST", target: "/posts", header: "DELETE", status: 400, body: guard.ReasonMethodOverride},
		{name: "the method is overridden in small letters", rules: open, after: []middleware{overriding}, method: "POST", target: "/posts", header: "delete", status: 400},
		{name: "the method is overridden in the query", rules: open, method: "POST", target: "/posts?%5fmethod=DELETE", status: 400},
		{name: "the method is overridden to one of no rule", rules: closed, method: "POST", target: "/form", header: "PUT", status: 400},
		{name: "the method is overridden to one of the same rule", rules: open, after: []middleware{overriding}, method: "POST", target: "/posts", header: "PUT", status: 200, body: "PUT /posts "},
	} {
		t.Run(c.name, func(t *testing.T) {
			engine, _ := engineOf(t, core.Policy{Rules: c.rules()}, nil, 0)
			g := guard.New(guard.Config{Engine: engine, Prefix: c.prefix})
			h := chain(routed, slices.Concat(c.before, []middleware{g.Handler}, c.after)...)
			method := c.method
			if method == "" {
				method = "GET"
			}
			r, w := httptest.NewRequest(method, c.target, nil), httptest.NewRecorder()
			if c.header != "" {
				r.Header.Set("X-HTTP-Method-Override", c.header)
			}
			h.ServeHTTP(w, r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
				t.Errorf("%s %s: %d %s, want %d %s", method, c.target, w.Code, w.Body, c.status, c.body)
			}
		})
	}
}

// TestHandler_otherMethodHooks: hooks are called for each method that a request names.
func TestHandler_otherMethodHooks(t *testing.T) {
	h := core.NewHooks()
	h.RouteAccess.Bind("no-delete", func(_ context.Context, a core.Access) (core.Access, error) {
		if a.Attempt.Method == "DELETE" {
			return a, api.E(api.Denied, "no_delete", "no")
		}
		return a, nil
	})
	engine, _ := engineOf(t, core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**", Access: route.Optional}}, Hooks: h}, nil, 0)
	g := guard.New(guard.Config{Engine: engine})
	for _, c := range []struct {
		target, header string
		status         int
	}{
		{"/posts", "", 200}, {"/posts", "PUT", 200},
		{"/posts", "DELETE", 403}, {"/posts", "delete", 403}, {"/posts?_method=DELETE", "", 403}, {"/posts?x-http-method-override=DELETE", "", 403},
	} {
		r, w := httptest.NewRequest("POST", c.target, nil), httptest.NewRecorder()
		if c.header != "" {
			r.Header.Set("X-HTTP-Method-Override", c.header)
		}
		g.Handler(routed).ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s %s: %d %s, want %d", c.target, c.header, w.Code, w.Body, c.status)
		}
	}
}

// chain puts the middleware around h, the first outermost.
func chain(h http.Handler, list ...middleware) http.Handler {
	for i := len(list) - 1; i >= 0; i-- {
		h = list[i](h)
	}
	return h
}

// TestHandler_sayingWhatToDo: the advice is logged, but not sent to the client.
func TestHandler_sayingWhatToDo(t *testing.T) {
	var text strings.Builder
	engine, _ := engineOf(t, core.Policy{Rules: closed()}, slog.New(slog.NewTextHandler(&text, nil)), 0)
	w := httptest.NewRecorder()
	chain(routed, strip("/public"), guard.New(guard.Config{Engine: engine}).Handler).ServeHTTP(w, httptest.NewRequest("GET", "/public/admin", nil))
	for _, want := range []string{"misconfigured", "/public/admin", "guard.Config.Prefix"} {
		if !strings.Contains(text.String(), want) || strings.Contains(w.Body.String(), want) {
			t.Errorf("logged %s, answered %s; want %q in the log alone", text.String(), w.Body, want)
		}
	}
}

// TestHandler_trailingSlashSame: nothing is refused if rules treat both paths as one.
func TestHandler_trailingSlashSame(t *testing.T) {
	engine, _ := engineOf(t, core.Policy{Rules: open(), TrailingSlash: route.SlashSame}, nil, 0)
	h := chain(routed, guard.New(guard.Config{Engine: engine}).Handler, stripSlashes)
	for target, want := range map[string]int{"/admin/": 401, "/admin": 401, "/back": 401, "/one/x/": 401, "/x/": 200, "/": 200} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", target, w.Code, want)
		}
	}
}

// TestHandler_madeByHand uses requests that no server has parsed.
func TestHandler_madeByHand(t *testing.T) {
	engine, _ := engineOf(t, core.Policy{Rules: closed()}, nil, 0)
	for _, c := range []struct {
		prefix, url string
		stripped    bool
		status      int
	}{
		{"", "http://a/public/x?y", false, 200},
		{"", "/public/x", false, 200},
		{"", "http://a/admin", false, 401},
		{"", "http://a", false, 401},
		{"", "http://a/public/admin", true, 401}, // the target comes from its URL
		{"/public", "http://a/public/admin", true, 200},
		{"/public", "http://a/public", true, 200},
	} {
		r, err := http.NewRequest("GET", c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		h := guard.New(guard.Config{Engine: engine, Prefix: c.prefix}).Handler(routed)
		if c.stripped {
			h = http.StripPrefix("/public", h)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s with prefix %q: %d %s, want %d", c.url, c.prefix, w.Code, w.Body, c.status)
		}
	}
}

type routeKey struct{}

// TestHandler_inARouter strips slashes inside the router only, as chi does.
func TestHandler_inARouter(t *testing.T) {
	engine, _ := engineOf(t, core.Policy{Rules: open()}, nil, 0)
	inRouter := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), routeKey{}, strings.TrimSuffix(r.URL.Path, "/"))))
		})
	}
	router := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		clone := *r
		clone.URL = &url.URL{Path: r.Context().Value(routeKey{}).(string)}
		routed(w, &clone)
	})
	g := guard.New(guard.Config{Engine: engine})
	for _, list := range [][]middleware{{inRouter, g.Handler}, {g.Handler, inRouter}} {
		w := httptest.NewRecorder()
		chain(router, list...).ServeHTTP(w, httptest.NewRequest("GET", "/admin/", nil))
		if w.Code == 200 {
			t.Errorf("/admin/ is answered as %s", w.Body)
		}
	}
}
