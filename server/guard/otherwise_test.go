package guard_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/guard"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// refusals are hooks, one for each point that may decide, that refuse anna at one method
// and path.
var refusals = map[string]func(h *core.Hooks, method, path string){
	"route-access": func(h *core.Hooks, method, path string) {
		h.RouteAccess.Bind("x", func(_ context.Context, a core.Access) (core.Access, error) {
			if a.Attempt.Path == path && (method == "" || a.Attempt.Method == method) {
				return a, core.Deny("", "no")
			}
			return a, nil
		})
	},
	"route-exclusion": func(h *core.Hooks, method, path string) { // everything is public except this
		h.RouteExclusion.Bind("x", func(_ context.Context, x core.Exclusion) (core.Exclusion, error) {
			x.Public = x.Attempt.Path != path || method != "" && x.Attempt.Method != method
			return x, nil
		})
	},
	"identity-resolved": func(h *core.Hooks, method, path string) {
		h.IdentityResolved.Bind("x", func(_ context.Context, v core.Resolved) (core.Resolved, error) {
			if v.Attempt.Path == path && (method == "" || v.Attempt.Method == method) {
				v.Identity = v.Identity.WithRoles()
			}
			return v, nil
		})
	},
	"custom-header": func(h *core.Hooks, method, path string) {
		h.CustomHeader.Bind("x", func(_ context.Context, c core.CredentialHeader) (core.CredentialHeader, error) {
			if c.Attempt.Path == path && (method == "" || c.Attempt.Method == method) {
				c.Name, c.RefuseStandard = "X-Other", true
			}
			return c, nil
		})
	},
}

// TestHandler_hooksAskedAsRead has a line for each way in which a program may read
// another request than the request line says; hooks must be called for it.
func TestHandler_hooksAskedAsRead(t *testing.T) {
	for _, c := range []struct {
		name, hookMethod, hookPath string
		method, target, override   string
		refused                    bool
		same                       bool // rules treat both paths as one
	}{
		{name: "as it is", hookPath: "/admin", target: "/admin", refused: true},
		{name: "with a slash more", hookPath: "/admin", target: "/admin/", refused: true},
		{name: "with a slash less", hookPath: "/admin/", target: "/admin", refused: true, same: true},
		{name: "deeper", hookPath: "/a/b/c", target: "/a/b/c/", refused: true},
		{name: "encoded, with a slash more", hookPath: "/admin", target: "/%61dmin/", refused: true},
		{name: "as it was sent", hookPath: "/%61dmin", target: "/%61dmin", refused: true},
		{name: "with a blank at its end", hookPath: "/admin", target: "/admin%20", refused: true},
		{name: "with a dot at its end", hookPath: "/admin", target: "/admin.", refused: true},
		{name: "with a dot, and a slash more", hookPath: "/admin", target: "/admin./", refused: true},
		{name: "with a dot, and a slash less", hookPath: "/admin/", target: "/admin.", refused: true, same: true},
		{name: "with dots within", hookPath: "/admin/x", target: "/admin../x", refused: true},
		{name: "a stream of a file", hookPath: "/admin", target: "/admin::$DATA", refused: true},
		{name: "a method and a slash", hookMethod: "DELETE", hookPath: "/admin", method: "POST", target: "/admin/", override: "DELETE", refused: true},
		{name: "a method and a dot", hookMethod: "DELETE", hookPath: "/admin", method: "POST", target: "/admin.", override: "DELETE", refused: true},
		{name: "another path", hookPath: "/admin", target: "/other/"},
		{name: "the root", hookPath: "/admin", target: "/"},
		{name: "a longer path", hookPath: "/admin", target: "/admin/x"},
		{name: "dots before the end", hookPath: "/admin", target: "/admin.html"},
	} {
		for point, bind := range refusals {
			for _, slash := range []string{route.SlashDistinct, route.SlashSame} {
				if point == "route-exclusion" && (c.hookMethod != "" || c.hookPath != "/admin" || c.target == "/admin") {
					continue // no hook runs, or it allows anna
				}
				h := core.NewHooks()
				bind(h, c.hookMethod, c.hookPath)
				engine, _ := engineOf(t, core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**"}}, Hooks: h, TrailingSlash: slash}, nil, 0)
				r, w := httptest.NewRequest(http.MethodGet, c.target, nil), httptest.NewRecorder()
				if c.method != "" {
					r.Method = c.method
				}
				if c.override != "" {
					r.Header.Set("X-HTTP-Method-Override", c.override)
				}
				if point != "route-exclusion" {
					r.SetBasicAuth("anna", "correct-horse")
				}
				guard.New(guard.Config{Engine: engine}).Handler(routed).ServeHTTP(w, r)
				refused := c.refused && (!c.same || slash == route.SlashSame) && !(point == "identity-resolved" && c.name == "as it is")
				if (w.Code != 200) != refused {
					t.Errorf("%s, %s, slash %s: %d %s, refused must be %v", c.name, point, slash, w.Code, w.Body, refused)
				}
			}
		}
	}
}

// TestHandler_slashCountsOnce: calling hooks twice does not count as two calls of an API
// key.
func TestHandler_slashCountsOnce(t *testing.T) {
	h := core.NewHooks()
	refusals["route-access"](h, "", "/nowhere")
	engine, key := engineOf(t, core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**"}}, Hooks: h}, nil, 4)
	g := guard.New(guard.Config{Engine: engine})
	for i := range 4 {
		r, w := httptest.NewRequest(http.MethodGet, "/x/", nil), httptest.NewRecorder()
		r.Header.Set("X-API-Key", key)
		if g.Handler(routed).ServeHTTP(w, r); w.Code != 200 {
			t.Errorf("call %d: got %d %s, want status 200", i+1, w.Code, w.Body)
		}
	}
}

// TestHandler_otherSlashOfMethod combines a rule for another method with one for another
// trailing slash.
func TestHandler_otherSlashOfMethod(t *testing.T) {
	rules := []route.Rule{{Name: "remove", Path: "/posts", Methods: []string{"DELETE"}}, {Name: "all", Path: "/**", Access: route.Public}}
	engine, _ := engineOf(t, core.Policy{Rules: rules}, nil, 0)
	for target, want := range map[string]int{"/posts": 400, "/posts/": 500, "/other/": 200} {
		r, w := httptest.NewRequest(http.MethodPost, target, nil), httptest.NewRecorder()
		r.Header.Set("X-HTTP-Method-Override", "DELETE")
		chain(routed, guard.New(guard.Config{Engine: engine}).Handler, stripSlashes, overriding).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d %s, want %d", target, w.Code, w.Body, want)
		}
	}
}

// TestHandler_methodInOtherSpelling: programs that map headers to variables accept each
// spelling of the header.
func TestHandler_methodInOtherSpelling(t *testing.T) {
	rules := []route.Rule{{Name: "remove", Path: "/posts", Methods: []string{"DELETE"}}, {Name: "all", Path: "/**", Access: route.Public}}
	engine, _ := engineOf(t, core.Policy{Rules: rules}, nil, 0)
	for name, want := range map[string]int{"X-Http-Method": 400, "X_HTTP_METHOD_OVERRIDE": 400, "x.method.override": 400, "X-Method": 200} {
		r, w := httptest.NewRequest(http.MethodPost, "/posts", nil), httptest.NewRecorder()
		r.Header[name] = []string{"DELETE"}
		if guard.New(guard.Config{Engine: engine}).Handler(routed).ServeHTTP(w, r); w.Code != want {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, want)
		}
	}
}

// TestHandler_targets: a request that names a second resource is allowed only if a
// request for that would be; see the table in package httpauth.
func TestHandler_targets(t *testing.T) {
	rules := []route.Rule{
		{Name: "admin", Path: "/admin/**", Roles: []string{"administrator"}},
		{Name: "write", Path: "/read/**", Methods: []string{"PUT", "DELETE"}, Roles: []string{"administrator"}},
		{Name: "all", Path: "/**"},
	}
	engine, _ := engineOf(t, core.Policy{Rules: rules}, nil, 0)
	g := guard.New(guard.Config{Engine: engine})
	for _, c := range []struct {
		method, name, value string
		want                int
	}{
		{"MOVE", "Destination", "/y", 200},
		{"MOVE", "Destination", "http://example.com/y", 200},
		{"MOVE", "Destination", "/admin/y", 403},
		{"COPY", "Destination", "http://example.com/admin/y", 403},
		{"COPY", "Destination", "/%61dmin/y", 403},
		{"COPY", "Destination", "/admin./y", 400},
		{"COPY", "Destination", "/read/y", 403}, // who may read
		{"COPY", "Destination", "http://other.example/y", 400},
		{"COPY", "Destination", "y", 400},
		{"COPY", "X-Http-Destinationurl", "/admin/y", 403},
		{"GET", "Destination", "Paris", 200},
		{"PUT", "X-Amz-Copy-Source", "admin/y", 403},
		{"PUT", "X-Amz-Copy-Source", "read/y", 200},
		{"PUT", "X-Ms-Rename-Source", "/read/y", 403}, // who may read
	} {
		r, w := httptest.NewRequest(c.method, "/x", nil), httptest.NewRecorder()
		r.SetBasicAuth("anna", "correct-horse")
		r.Header.Set(c.name, c.value)
		if g.Handler(routed).ServeHTTP(w, r); w.Code != c.want {
			t.Errorf("%s with %s: %s: %d %s, want %d", c.method, c.name, c.value, w.Code, w.Body, c.want)
		}
	}
	r, w := httptest.NewRequest("POST", "/x", nil), httptest.NewRecorder()
	r.SetBasicAuth("anna", "correct-horse")
	r.Header.Set("Destination", "/admin/y")
	r.Header.Set("X-Http-Method-Override", "MOVE")
	if g.Handler(routed).ServeHTTP(w, r); w.Code != 403 {
		t.Errorf("POST with override MOVE: got %d %s, want status 403", w.Code, w.Body)
	}
}

// TestHandler_bodies: for a WordPress, bodies that could name another route are refused,
// since no inspector reads them. Without an inspector these are all bodies.
func TestHandler_bodies(t *testing.T) {
	const form, parts, json = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json"
	reads := func(_, method, path, query string) (route.Reading, error) {
		return wordpress.Reader{}.Read(method, path, query)
	}
	rules := []route.Rule{{Name: "all", Path: "/**", Access: route.Public}}
	for _, c := range []struct {
		method, target, kind, body string
		want                       int
	}{
		{"POST", "/wp-json/batch/v1", json, "{}", 403},
		{"POST", "/?rest_route=/batch/v1", json, "{}", 403},
		{"POST", "/wp-json/wc/store/v1/batch", json, "{}", 403},
		{"PUT", "/wp-json/batch/v1/", json, "{}", 403},
		{"POST", "/index.php/wp-json/batch/v1", json, "{}", 403},
		{"POST", "/wp-login.php", form, "log=a", 403},
		{"POST", "/wp-login.php", "text/plain, " + form, "log=a", 403},
		{"POST", "/wp-json/wp/v2/media", parts, "--b--", 403},
		{"POST", "/", "Multipart/Form-Data; boundary=b", "--b--", 403},
		{"POST", "/wp-json/wp/v2/posts", json, "{}", 200},
		{"POST", "/wp-json/wp/v2/posts", form, "", 200},
		{"PUT", "/wp-json/wp/v2/posts/1", form, "a=b", 200}, // PHP reads forms only for POST
		{"GET", "/wp-json/wp/v2/posts", "", "", 200},
	} {
		for name, by := range map[string]struct {
			read      func(_, _, _, _ string) (route.Reading, error)
			inspector guard.Inspector
		}{"WordPress": {reads, wordpress.Inspector{}}, "nobody inspects": {reads, nil}, "other": {}} {
			engine, _ := engineOf(t, core.Policy{Rules: rules, Application: core.Application{Read: by.read}}, nil, 0)
			var body io.Reader
			if c.body != "" {
				body = strings.NewReader(c.body)
			}
			r, w := httptest.NewRequest(c.method, c.target, body), httptest.NewRecorder()
			r.Header.Set("Content-Type", c.kind)
			want := c.want
			switch {
			case by.read == nil:
				want = 200
			case by.inspector == nil && c.body != "":
				want = 403
			}
			if guard.New(guard.Config{Engine: engine, Inspector: by.inspector}).Handler(routed).ServeHTTP(w, r); w.Code != want {
				t.Errorf("%s: %s %s as %q: %d %s, want %d", name, c.method, c.target, c.kind, w.Code, w.Body, want)
			}
		}
	}
}

// TestHandler_elsewhere: handlers get another URL, host or path only from trusted
// proxies.
func TestHandler_elsewhere(t *testing.T) {
	engine, _ := engineOf(t, core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**", Access: route.Public}}}, nil, 0)
	for _, name := range []string{"X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Uri", "Forwarded",
		"X-Original-Host", "X_Original_Url", "X-Host", "X-Envoy-Original-Path", "X-HTTP-Path-Override"} {
		for trusted, g := range map[bool]*guard.Guard{
			false: guard.New(guard.Config{Engine: engine}), true: guard.New(guard.Config{Engine: engine, Trust: loopback}),
		} {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = "127.0.0.1:1"
			r.Header[http.CanonicalHeaderKey(name)] = []string{"/admin"}
			var seen bool
			g.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, seen = r.Header[http.CanonicalHeaderKey(name)]
			})).ServeHTTP(httptest.NewRecorder(), r)
			if seen != trusted {
				t.Errorf("%s: the handler saw the header: %v, from a trusted proxy: %v", name, seen, trusted)
			}
		}
	}
}

// TestHandler_smallMethod: the rules for a method also apply to its lower-case spelling,
// which applications may read as the same, at every path that the request could be for.
func TestHandler_smallMethod(t *testing.T) {
	engine, _ := engineOf(t, core.Policy{
		Rules: []route.Rule{
			{Name: "private", Path: "/private/**", Methods: []string{"GET", "POST"}, Roles: []string{"administrator"}},
			{Name: "admin", Path: "/admin", Methods: []string{"GET"}, Roles: []string{"administrator"}},
			{Name: "all", Path: "/**"},
		},
		Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{}.Read(method, path, query)
		}},
	}, nil, 0)
	h := guard.New(guard.Config{Engine: engine, Inspector: wordpress.Inspector{}}).Handler(routed)
	for _, target := range []string{"/private/x", "/private./x", "/private%20/x", "/admin", "/admin/", "/%61dmin/"} {
		for _, method := range []string{"GET", "get", "Get"} {
			r, w := httptest.NewRequest(method, target, nil), httptest.NewRecorder()
			r.SetBasicAuth("anna", "correct-horse")
			if h.ServeHTTP(w, r); w.Code < 400 {
				t.Errorf("%s %s: got %d, want a refusal", method, target, w.Code)
			}
		}
	}
}
