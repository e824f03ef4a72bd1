package gateway

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
)

// TestServe_private: a response to a credential that caches do not know is marked
// private, unless the upstream sets caching headers.
func TestServe_private(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if value := r.URL.Query().Get("cache"); value != "" {
			w.Header().Set("Cache-Control", value)
		}
	}))
	defer upstream.Close()
	g := &testGateway{addr: serve(t, newEngine(t,
		route.Rule{Name: "custom", Path: "/custom", Header: route.HeaderSpec{Name: "X-Token"}},
		route.Rule{Name: "optional", Path: "/optional", Access: route.Optional, Header: route.HeaderSpec{Name: "X-Token"}},
		route.Rule{Name: "public", Path: "/public", Access: route.Public},
		route.Rule{Name: "rest", Path: "/**"},
	), upstream.URL, nil)}
	for _, c := range []struct{ target, header, vary, cache string }{
		{"/custom", "X-Token: valid", "X-Token", "private"},
		{"/custom", valid, "", ""},
		{"/custom?cache=public", "X-Token: valid", "X-Token", "public"},
		{"/optional", "X-Token: valid", "X-Token", "private"},
		{"/optional", "X-Other: valid", "", ""},
		{"/public", "X-Api-Key: valid", "", ""},
		{"/x", valid, "", ""},
	} {
		a := g.get(t, c.target, c.header)
		if a.status != 200 || a.header.Get("Vary") != c.vary || a.header.Get("Cache-Control") != c.cache {
			t.Errorf("%s with %s: %d, Vary %q, Cache-Control %q", c.target, c.header, a.status, a.header.Get("Vary"), a.header.Get("Cache-Control"))
		}
	}
}
