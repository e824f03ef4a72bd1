package wordpress

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
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

// TestNamespace_options: OPTIONS describes a route, and is not an error where there is none, so
// that a preflight passes and the page can read the refusal of its request.
func TestNamespace_options(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	n := Namespace{Site: &Site{Engine: e, API: API{Base: "/wp-json"}}, Name: "x/v1", Routes: []Route{{Method: "POST", Path: "/t"}}}
	for target, want := range map[string]string{
		"/wp-json/x/v1/t": "200 POST", "/wp-json/x/v1": "200 GET", "/wp-json/x/v1/": "200 GET",
		"/wp-json/x/v1/u": "200  []", "/wp-json/x/v1/t/u": "200  []", "/?rest_route=/x/v1/u": "200  []",
		"/wp-json/x/v1/%74": "404  rest_no_route", "/wp-json/x/v1/u?rest_route=/x/v1/t": "404  rest_no_route",
	} {
		w := httptest.NewRecorder()
		n.ServeHTTP(w, httptest.NewRequest("OPTIONS", target, nil))
		status, rest, _ := strings.Cut(want, " ")
		allow, body, _ := strings.Cut(rest, " ")
		if strconv.Itoa(w.Code) != status || w.Header().Get("Allow") != allow || !strings.Contains(w.Body.String(), body) {
			t.Errorf("%s: got %d, Allow %q, %.100s; want %s", target, w.Code, w.Header().Get("Allow"), w.Body, want)
		}
	}
}

// TestNamespace_fields: _fields does not remove the links of the index, which are not a
// part of its data, and does remove those in the description of a route, which are.
func TestNamespace_fields(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	n := Namespace{Site: &Site{Engine: e, API: API{Base: "/wp-json"}, Issuer: "https://h"}, Name: "x/v1", Routes: []Route{{Method: "POST", Path: "/t"}}}
	const up = `"_links":{"up":[{"href":"https:\/\/h\/wp-json\/"}]}}`
	for target, want := range map[string]string{
		"GET /wp-json/x/v1?_fields=namespace":                       `{"namespace":"x\/v1",` + up,
		"GET /wp-json/x/v1?_fields=nothing":                         `{` + up,
		"GET /wp-json/x/v1?_fields=_links":                          `{` + up,
		"GET /?rest_route=/x/v1&_fields[]=namespace":                `{"namespace":"x\/v1",` + up,
		"GET /wp-json/x/v1?_fields=routes./x/v1/t.methods":          `{"routes":{"\/x\/v1\/t":{"methods":["POST"]}},` + up,
		"GET /wp-json/x/v1?_fields=routes./x/v1/t.endpoints.0.args": `{"routes":{"\/x\/v1\/t":{"endpoints":[{"args":[]}]}},` + up,
		"OPTIONS /wp-json/x/v1/t?_fields=methods":                   `{"methods":["POST"]}`,
		"OPTIONS /wp-json/x/v1/t?_fields=_links":                    `{"_links":{"self":[{"href":"https:\/\/h\/wp-json\/x\/v1\/t"}]}}`,
		"OPTIONS /wp-json/x/v1/t?_fields=methods.1":                 `{"methods":[]}`,
	} {
		method, path, _ := strings.Cut(target, " ")
		w := httptest.NewRecorder()
		n.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if got := w.Body.String(); w.Code != http.StatusOK || got != want {
			t.Errorf("%s: got %d %s, want %s", target, w.Code, got, want)
		}
	}
}
