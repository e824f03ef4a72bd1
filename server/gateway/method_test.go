package gateway

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// TestGateway_otherMethod: the rule for a method that the application may read from a
// request, or use instead of its own, applies.
func TestGateway_otherMethod(t *testing.T) {
	engine := openEngine(t, core.Policy{Rules: []route.Rule{
		{Name: "delete", Path: "/posts/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "posts", Path: "/posts/**", Methods: []string{"GET", "POST"}, Access: route.Public},
		{Name: "all", Path: "/**", Access: route.Public},
	}})
	for _, tc := range []struct {
		method, target string
		want           int
	}{
		{"POST", "/posts/1", 200},
		{"POST", "/posts/1?method=DELETE&x=_method", 200},
		{"POST", "/posts/1?_method=POST", 200},
		{"POST", "/posts/1?_method=GET", 200},
		{"POST", "/other?_method=DELETE", 200},
		{"DELETE", "/posts/1", 401},
		{"POST", "/posts/1?_method=DELETE", 400},
		{"GET", "/posts/1?_method=DELETE", 400},
		{"POST", "/posts/1?a=b&_method=delete", 400},
		{"POST", "/posts/1?_method=GET&_method=DELETE", 400},
		{"POST", "/posts/1?%5Fm%65thod=DELETE", 400},
		{"POST", "/posts/1?a;_method=DELETE", 400},
		{"POST", "/posts/1?.method=DELETE", 400},
		{"POST", "/posts/1?_method[]=DELETE", 400},
		{"POST", "/posts/1?_method=%44ELETE", 400},
		{"POST", "/posts/1?_method=DELETE%00", 400},
		{"POST", "/posts/1?_method=DELETE%00x", 400},
		{"POST", "/posts/1?_method=DEL%00ETE", 400},
		{"POST", "/posts/1?_method=%00DELETE", 400},
		{"POST", "/posts/1??_method=DELETE", 400},
		{"POST", "/posts/1???%20_method=DELETE", 400},
		{"POST", "/posts/1?a=b&?_method=DELETE", 400},
		{"POST", "/posts/1??a=_method", 200},
		{"POST", "/posts/1?_method=DELETE%zz", 400},
		{"POST", "/posts/1?_method%zz=DELETE", 400},
		{"POST", "/posts/1?%09_method=DELETE", 400},
		{"POST", "/posts/1?_METHOD=DELETE", 400},
		{"POST", "/posts/1?[_method]=DELETE", 400},
		{"POST", "/posts/1?[[_method=DELETE", 400},
		{"POST", "/posts/1?%00_method=DELETE", 400},
		{"POST", "/posts/1?_method%00x=DELETE", 400},
		{"POST", "/posts/1?_m%65thod=DEL%45TE%", 400},
		{"POST", "/other?_method=DELETE%zz", 400},
		{"POST", "/posts/1?X-HTTP-Method-Override=DELETE", 400},
		{"POST", "/posts/1?a=b&x-http-method=delete", 400},
		{"POST", "/posts/1?X%2DMethod-Override=DELETE", 400},
		{"POST", "/posts/1?X-HTTP-Method-Override[]=DELETE", 400},
		{"POST", "/posts/1?X-HTTP-Method-Override=PUT", 200},
		{"POST", "/posts/1?a=X-HTTP-Method-Override&X-HTTP=DELETE", 200},
		{"POST", "/posts/1?_methods=DELETE", 200},
		{"POST", "/posts/1?_method=PUT", 200}, // by the rule for all methods
		{"delete", "/posts/1", 405},
		{"Delete", "/posts/1", 405},
		{"post", "/posts/1", 405},
	} {
		a := &api.Attempt{Method: tc.method, RawTarget: tc.target, Host: "h"}
		d := engine.Decide(t.Context(), a)
		f := &forward{gateway: &Gateway{engine: engine, checker: engine}, in: httptest.NewRequest(tc.method, tc.target, nil), attempt: *a, decision: d}
		if d.Outcome == core.Allowed {
			f.decideOthers(t.Context())
		}
		got := 200
		if f.decision.Err != nil {
			got = map[api.Code]int{api.Invalid: 400, api.Unauthenticated: 401, api.Denied: 405}[f.decision.Err.Code]
		}
		if got != tc.want {
			t.Errorf("%s %s: got %d (%v), want %d", tc.method, tc.target, got, f.decision.Err, tc.want)
		}
	}
}

// TestGateway_otherMethodOfPages: programs outside of a WordPress's REST API may read
// _method too.
func TestGateway_otherMethodOfPages(t *testing.T) {
	rules := []route.Rule{
		{Name: "delete", Path: "/wc-api/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "all", Path: "/**", Access: route.Public},
	}
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: rules, Application: core.Application{Read: func(string, method, path, query string) (route.Reading, error) {
		return wordpress.Reader{}.Read(method, path, query)
	}}}), func(c *Config) { c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}} })
	for target, want := range map[string]int{
		"/wc-api/v3/orders/1":                        200,
		"/wc-api/v3/orders/1?_method=DELETE":         400,
		"/wc-api/v3/orders/1?_%6dethod=delete":       400,
		"/wc-api/v3/orders/1?_method=PUT":            200,
		"/index.php/wc-api/v3/orders/1?_method=PUT":  200,
		"/wp-json/wp/v2/posts/1?_method=DELETE":      200, // no rule for DELETE applies
		"/?rest_route=/wp/v2/posts/1&_method=DELETE": 200,
	} {
		if a := g.post(t, target, "", valid); a.status != want {
			t.Errorf("%s: %d %s, want %d", target, a.status, a.body, want)
		}
	}
}

// TestGateway_otherMethodHooks: hooks are called for the other method too, and can refuse
// it.
func TestGateway_otherMethodHooks(t *testing.T) {
	h := core.NewHooks()
	h.RouteAccess.Bind("no-delete", func(_ context.Context, a core.Access) (core.Access, error) {
		if a.Attempt.Method == "DELETE" {
			return a, api.E(api.Denied, "no_delete", "no")
		}
		return a, nil
	})
	h.IdentityResolved.Bind("drop", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
		if r.Attempt.Method == "PATCH" {
			r.Identity.Roles = nil
		}
		return r, nil
	})
	g := newTestGateway(t, openEngine(t, core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**"}}, Hooks: h}), nil)
	for target, want := range map[string]int{
		"/x?_method=DELETE": 403, "/x?_method=delete": 403, "/x?_method=PUT&_method[]=DELETE": 403,
		"/x?_method=PATCH": 400, "/x?_method=PUT": 200, "/x?_method=POST": 200,
		"/x?_method=A&_method=B&_method=C&_method=D&_method=E": 400,
	} {
		a, seen := g.post(t, target, "", valid), g.seen.take()
		if a.status != want || (len(seen) == 1) != (want == 200) {
			t.Errorf("%s: %d %s, the upstream saw %d requests; want %d", target, a.status, a.body, len(seen), want)
		}
	}
}
