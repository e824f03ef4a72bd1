package guard_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/guard"
)

// TestHandler_oneHost: routers below a guard see the host that the rules were matched
// with, whatever spelling and form the client sent.
func TestHandler_oneHost(t *testing.T) {
	engine, _ := engineOf(t, core.Policy{Rules: []route.Rule{
		{Name: "site", Host: "www.example.com", Path: "/**", Access: route.Public},
		{Name: "rest", Path: "/**", Access: route.Required},
	}}, nil, 0)
	say := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text+" "+r.Host+" "+r.URL.Host) }
	}
	mux := http.NewServeMux()
	mux.HandleFunc("www.example.com/", say("site"))
	mux.HandleFunc("/", say("internal"))
	g := guard.New(guard.Config{Engine: engine})
	for _, c := range []struct{ target, host, want string }{
		{"/x", "www.example.com", "site www.example.com "},
		{"/x", "WWW.Example.com", "site www.example.com "},
		{"/x", "www.example.com.", "site www.example.com "},
		{"/x", "www.EXAMPLE.com.:8080", "site www.example.com:8080 "},
		{"/x", "www.example.com:8080", "site www.example.com:8080 "},
		{"http://WWW.example.com/x", "WWW.example.com", "site www.example.com www.example.com"},
		{"http://www.example.com.:80/x", "www.example.com.:80", "site www.example.com:80 www.example.com:80"},
	} {
		for name, h := range map[string]http.Handler{
			"handler": g.Handler(mux),
			"nested":  g.Handler(g.Handler(mux)),
		} {
			r, w := httptest.NewRequest("GET", c.target, nil), httptest.NewRecorder()
			r.Host = c.host
			h.ServeHTTP(w, r)
			if got := w.Body.String(); got != c.want {
				t.Errorf("%s: %s at %q: got %d %q, want %q", name, c.target, c.host, w.Code, got, c.want)
			}
			if r.Host != c.host {
				t.Errorf("%s: the caller's request was changed", name)
			}
		}
	}
	for _, host := range []string{"internal", "www.example.com.evil.example", "wwwXexample.com"} {
		r, w := httptest.NewRequest("GET", "/x", nil), httptest.NewRecorder()
		r.Host = host
		if g.Handler(mux).ServeHTTP(w, r); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: got %d %s, want status %d", host, w.Code, w.Body, http.StatusUnauthorized)
		}
	}
}
