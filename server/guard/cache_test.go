package guard_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/server/guard"
)

// TestHandler_private: a response to a credential that caches do not know is marked
// private once, unless the handler sets caching headers.
func TestHandler_private(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "basic", Opener: basic.Config{}}},
		Rules: []route.Rule{{
			Name: "all", Path: "/**", Access: route.Optional, OnBadToken: route.Anonymous, Header: route.HeaderSpec{Name: "X-Token"},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	g := guard.New(guard.Config{Engine: e})
	h := g.Handler(g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			w.Header().Set("Cache-Control", r.URL.RawQuery)
		}
		w.Header().Add("Vary", "Accept")
	})))
	for _, c := range []struct{ target, header, vary, cache string }{
		{"/x", "", "Accept", ""},
		{"/x", "X-Token", "X-Token, Accept", "private"},
		{"/x", "X-Api-Key", "X-Api-Key, Accept", "private"},
		{"/x?public", "X-Token", "X-Token, Accept", "public"},
	} {
		r := httptest.NewRequest("GET", c.target, nil)
		if c.header != "" {
			r.Header.Set(c.header, "a.b.c")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if vary := strings.Join(w.Header()["Vary"], ", "); w.Code != 200 || vary != c.vary || w.Header().Get("Cache-Control") != c.cache {
			t.Errorf("%s with %q: %d, Vary %q, Cache-Control %q", c.target, c.header, w.Code, vary, w.Header().Get("Cache-Control"))
		}
	}
}
