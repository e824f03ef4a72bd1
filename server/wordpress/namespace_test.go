package wordpress

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
)

// TestNamespace_find: a literal route takes precedence over a pattern in any order, and
// each method is listed once.
func TestNamespace_find(t *testing.T) {
	n := Namespace{Routes: []Route{
		{Method: "GET", Path: "/tokens/{id}"},
		{Method: "PUT", Path: "/tokens/{id}"},
		{Method: "GET", Path: "/tokens/metrics"},
		{Method: "GET", Path: "/tokens/metrics"},
	}}
	for _, c := range []struct {
		path, method, want string
		methods            []string
	}{
		{"/tokens/metrics", "GET", "/tokens/metrics", []string{"GET"}},
		{"/Tokens/METRICS", "HEAD", "/tokens/metrics", []string{"GET"}},
		{"/tokens/metrics", "PUT", "", []string{"GET"}},
		{"/tokens/7", "PUT", "/tokens/{id}", []string{"GET", "PUT"}},
		{"/tokens", "GET", "", nil},
	} {
		methods, found := n.find(c.path, c.method)
		got := ""
		if found != nil {
			got = found.Path
		}
		if got != c.want || !slices.Equal(methods, c.methods) {
			t.Errorf("%s %s: got %q, %v; want %q, %v", c.method, c.path, got, methods, c.want, c.methods)
		}
	}
}

// TestNamespace_override: as in WordPress, a POST is routed by the method in its header;
// requests that change nothing keep their method.
func TestNamespace_override(t *testing.T) {
	saw := ""
	handle := func(_ http.ResponseWriter, r *http.Request, p Params) { saw = r.Method + " " + p.Text("a") }
	e, err := core.New(t.Context(), core.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	n := Namespace{Site: &Site{Engine: e, API: API{Base: "/wp-json"}}, Name: "x/v1", Routes: []Route{
		{Method: "POST", Path: "/t", Handle: handle}, {Method: "PUT", Path: "/t", Handle: handle}, {Method: "DELETE", Path: "/t", Handle: handle},
	}}
	for _, tc := range []struct{ method, query, header, want string }{
		{"POST", "", "", "POST 1"}, {"POST", "", "DELETE", "DELETE 1"}, {"POST", "", "put", "PUT 1"}, {"POST", "", "POST", "POST 1"},
		{"POST", "?_method=POST", "DELETE", "404"}, {"POST", "?_method=DELETE", "", "404"},
		{"GET", "", "POST", "404"}, {"PUT", "", "DELETE", "404"}, {"POST", "", "GET", "404"}, {"POST", "", "DELETE, PUT", "404"},
	} {
		r := httptest.NewRequest(tc.method, "/wp-json/x/v1/t"+tc.query, strings.NewReader("a=1"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if tc.header != "" {
			r.Header.Set("X-HTTP-Method-Override", tc.header)
		}
		w := httptest.NewRecorder()
		saw = ""
		n.ServeHTTP(w, r)
		if w.Code == http.StatusNotFound {
			saw = "404"
		}
		if saw != tc.want {
			t.Errorf("%s %s with %q: got %s, want %s", tc.method, tc.query, tc.header, saw, tc.want)
		}
	}
}
