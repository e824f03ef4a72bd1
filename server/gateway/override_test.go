package gateway

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// overrideGateway has a WordPress, an application that reads a method header, and one that
// does not.
func overrideGateway(t *testing.T) *testGateway {
	t.Helper()
	admins := []string{"administrator"}
	p := core.Policy{
		Rules: []route.Rule{
			{Name: "delete", Path: "/wp-json/wp/v2/posts/**", Methods: []string{"DELETE"}, Roles: admins, Upstream: "demo"},
			{Name: "trash", Path: "/wp-json/wp/v2/trash", Methods: []string{"DELETE"}, Upstream: "demo"},
			{Name: "page delete", Path: "/page", Methods: []string{"DELETE"}, Roles: admins, Upstream: "demo"},
			{Name: "named delete", Path: "/named/**", Methods: []string{"DELETE"}, Roles: admins, Upstream: "named"},
			{Name: "named", Path: "/named/**", Upstream: "named"},
			{Name: "other", Path: "/other/**", Upstream: "other"},
			{Name: "open", Path: "/open/**", Access: route.Public, Upstream: "other"},
			{Name: "rest", Path: "/**", Upstream: "demo"},
		},
		Application: core.Application{
			Read: func(upstream, method, path, query string) (route.Reading, error) {
				if upstream != "demo" {
					return route.Reading{}, nil
				}
				return wordpress.Reader{}.Read(method, path, query)
			},
			Override: func(upstream string, a *api.Attempt) (string, error) {
				if upstream != "demo" {
					return "", nil
				}
				return wordpress.Override(a.Query, a.Header)
			},
		},
	}
	return newTestGateway(t, openEngine(t, p), func(c *Config) {
		u := &url.URL{Scheme: "http", Host: c.Upstreams["demo"].Host}
		c.Upstreams["other"], c.Upstreams["named"] = u, u
		c.Inspectors = map[string]Inspector{"demo": wordpress.Inspector{}}
		c.MethodHeaders = map[string][]string{"demo": {"X-HTTP-Method-Override"}, "named": {"x-http-method"}}
	})
}

// TestServe_methodHeaders: a header that names another method is decided on and
// forwarded, or the request is refused; it is never removed from a forwarded request.
func TestServe_methodHeaders(t *testing.T) {
	const reader, override = "Authorization: Bearer reader", "X-HTTP-Method-Override: "
	g := overrideGateway(t)
	for _, tc := range []struct {
		method, target, who, line string
		status                    int
		passed                    string // the header as the upstream gets it
	}{
		{"POST", "/wp-json/wp/v2/posts/5", reader, override + "DELETE", 403, ""},
		{"POST", "/wp-json/wp/v2/posts/5", reader, override + "delete", 403, ""},
		{"POST", "/wp-json/WP/v2/Posts/5/", reader, override + "DELETE", 403, ""},
		{"POST", "/?rest_route=/wp/v2/posts/5", reader, override + "DELETE", 403, ""},
		{"GET", "/wp-json/wp/v2/posts/5", reader, override + "DELETE", 403, ""},
		{"POST", "/wp-json/wp/v2/posts/5", valid, override + "DELETE", 200, "DELETE"},
		{"POST", "/?rest_route=/wp/v2/posts/5", valid, override + "delete", 200, "delete"},
		{"POST", "/wp-json/wp/v2/posts/5", reader, override + "PUT", 200, "PUT"},
		{"POST", "/wp-json/wp/v2/posts/5", reader, override + "POST", 200, "POST"},
		{"DELETE", "/wp-json/wp/v2/posts/5", reader, override + "GET", 200, "GET"},
		{"POST", "/wp-json/wp/v2/trash", reader, override + "DELETE", 200, "DELETE"},
		{"POST", "/wp-json/wp/v2/posts/5?_method=DELETE", reader, override + "PUT", 403, ""},
		{"POST", "/wp-json/wp/v2/posts/5?_method=PUT", valid, override + "DELETE", 200, "DELETE"},
		{"POST", "/wp-json/wp/v2/posts/5", valid, override + "DELETE, PUT", 400, ""},
		{"POST", "/wp-json/wp/v2/posts/5", valid, override + "DELETE\r\n" + override + "PUT", 400, ""},
		{"POST", "/wp-json/wp/v2/posts/5", valid, override, 400, ""},
		{"POST", "/wp-json/wp/v2/posts/5", valid, "X_HTTP_METHOD_OVERRIDE: DELETE", 400, ""},
		{"POST", "/wp-json/wp/v2/posts/5", valid, "X-HTTP-Method: DELETE", 400, ""},
		{"POST", "/wp-json/wp/v2/posts/5", valid, override + "DELETE\r\nConnection: X-HTTP-Method-Override", 400, ""},
		{"POST", "/page", reader, override + "DELETE", 403, ""},
		{"POST", "/page", valid, override + "DELETE", 200, "DELETE"},
		{"POST", "/named/x", reader, "X-HTTP-Method: DELETE", 403, ""},
		{"POST", "/named/x", valid, "X-HTTP-Method: DELETE", 200, "DELETE"},
		{"POST", "/named/x", valid, "X-HTTP-Method: ", 400, ""},
		{"POST", "/named/x", valid, "X-HTTP-Method: PUT\r\nX-HTTP-Method: DELETE", 400, ""},
		{"POST", "/named/x", valid, "X-HTTP-Method: POST\r\nX-HTTP-Method: POST", 400, ""},
		{"DELETE", "/named/x", reader, "X-HTTP-Method: POST", 403, ""},
		{"POST", "/named/x", valid, override + "DELETE", 400, ""},
		{"POST", "/named/x", valid, "X-Method-Override: PUT", 400, ""},
		{"POST", "/other/x", valid, override + "DELETE", 400, ""},
		{"POST", "/other/x", valid, override + "post", 200, ""},
		{"POST", "/open/x", "", override + "DELETE", 400, ""},
		{"GET", "/open/x", "", "X_Http_Method: PATCH", 400, ""},
	} {
		lines := []string{"Content-Length: 0", tc.line}
		if tc.who != "" {
			lines = append(lines, tc.who)
		}
		a := g.send(t, request(tc.method, tc.target, lines...), 1)[0]
		var passed []string
		for _, seen := range g.seen.take() {
			for name, values := range seen.Headers {
				if strings.Contains(strings.ToLower(name), "method") && name != core.HeaderMethod {
					passed = append(passed, values...)
				}
			}
		}
		if want := fmt.Sprint(strings.Fields(tc.passed)); a.status != tc.status || fmt.Sprint(passed) != want {
			t.Errorf("%s %s as %.30q with %q: got %d %.120s, passed %v; want %d and %s", tc.method, tc.target, tc.who, tc.line, a.status, a.body, passed, tc.status, want)
		}
	}
}

// TestServe_methodHeaderOfBatch: WordPress runs the requests in a batch with their own
// methods, whatever method headers say.
func TestServe_methodHeaderOfBatch(t *testing.T) {
	g := overrideGateway(t)
	const reader = "Authorization: Bearer reader"
	inner := func(more string) string {
		return `{"requests":[{"method":"DELETE","path":"/wp/v2/posts/5"` + more + `}]}`
	}
	for _, tc := range []struct {
		body, header string
		status       int
	}{
		{inner(""), "X-HTTP-Method-Override: PUT", http.StatusForbidden},
		{inner(`,"headers":{"X-Http-Method-Override":"PUT"}`), "X-Plain: x", http.StatusBadRequest},
		{inner(`,"headers":{"x_http_method_override":"PUT"}`), "X-Plain: x", http.StatusBadRequest},
	} {
		if a := g.post(t, "/wp-json/batch/v1", tc.body, reader, "Content-Type: application/json", tc.header); a.status != tc.status || len(g.seen.take()) != 0 {
			t.Errorf("%s with %s: got %d %s, want %d", tc.body, tc.header, a.status, a.body, tc.status)
		}
	}
}

func TestNew_methodHeaders(t *testing.T) {
	for _, bad := range []string{"X-Method", "X_HTTP_Method", "Authorization"} {
		_, err := New(Config{Engine: newEngine(t, demoRules()...), MethodHeaders: map[string][]string{"demo": {bad}}})
		if err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: got %v, want an error with %q", bad, err, bad)
		}
	}
}

// TestServe_methodOfOtherPath: the method that a request names is also checked at other
// paths that the upstream could read, with their rules, hooks and upstreams.
func TestServe_methodOfOtherPath(t *testing.T) {
	admins := []string{"administrator"}
	h := core.NewHooks()
	h.RouteAccess.Bind("kept", func(_ context.Context, a core.Access) (core.Access, error) {
		if a.Attempt.Path == "/kept" && a.Attempt.Method == "DELETE" {
			return a, core.Deny("kept", "no")
		}
		return a, nil
	})
	p := core.Policy{Hooks: h, Rules: []route.Rule{
		{Name: "secret", Path: "/secret/**", Methods: []string{"GET", "POST"}, Access: route.Public, Upstream: "named"},
		{Name: "secret delete", Path: "/secret/**", Methods: []string{"DELETE"}, Roles: admins, Upstream: "named"},
		{Name: "kept", Path: "/kept", Methods: []string{"POST"}, Access: route.Public, TrailingSlash: route.SlashSame, Upstream: "named"},
		{Name: "kept delete", Path: "/kept", Methods: []string{"DELETE"}, TrailingSlash: route.SlashSame, Upstream: "named"},
		{Name: "moved", Path: "/moved/**", Methods: []string{"DELETE"}, Access: route.Public, Upstream: "other"},
		{Name: "others", Path: "/others/**", Access: route.Public, Upstream: "other"},
		{Name: "open", Path: "/**", Access: route.Public, Upstream: "named"},
	}}
	g := newTestGateway(t, openEngine(t, p), func(c *Config) {
		u := &url.URL{Scheme: "http", Host: c.Upstreams["demo"].Host}
		c.Upstreams = map[string]*url.URL{"named": u, "other": u}
		c.MethodHeaders = map[string][]string{"named": {"X-HTTP-Method"}}
	})
	const remove = "X-HTTP-Method: DELETE"
	for _, tc := range []struct {
		target, line, who string
		passes            bool
	}{
		{"/secret./x", remove, "", false},
		{"/secret%20/x", remove, "", false},
		{"/secret./x?_method=DELETE", "", "", false},
		{"/secret./x", remove, valid, false},
		{"/secret./x", "", "", true},
		{"/secret/x", remove, valid, true},
		{"/kept/", remove, valid, false},
		{"/kept", remove, valid, false},
		{"/kept/", "", valid, true},
		{"/moved/x", remove, "", false},
		{"/moved/x?_method=DELETE", "", "", false},
		{"/moved/x", "", "", true},
		{"/others./x", "", "", false},
		{"/others./x", remove, "", false},
		{"/else./x", remove, "", true},
	} {
		a := g.post(t, tc.target, "", tc.line, tc.who)
		if seen := g.seen.take(); (a.status == http.StatusOK) != tc.passes || (len(seen) == 1) != tc.passes {
			t.Errorf("%s with %q as %.30q: got %d %.120s, want it to pass: %v", tc.target, tc.line, tc.who, a.status, a.body, tc.passes)
		}
	}
}
