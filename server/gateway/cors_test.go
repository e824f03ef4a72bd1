package gateway

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// TestServe_noCookiesForEveryOrigin: WordPress's headers for any origin do not let pages
// use a visitor's cookies; those of other applications are kept.
func TestServe_noCookiesForEveryOrigin(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
	}))
	t.Cleanup(upstream.Close)
	public := core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**", Access: route.Public}}}
	for want, list := range map[string]map[string]Inspector{"": {"": wordpress.Inspector{}}, "true": nil} {
		addr := serve(t, openEngine(t, public), upstream.URL, func(c *Config) { c.Inspectors = list })
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/wp-json/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", "https://unlisted.example")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := res.Header.Get("Access-Control-Allow-Credentials"); got != want || res.Header.Get("Access-Control-Allow-Origin") == "" {
			t.Errorf("to a WordPress: %v: got %q, want %q (%v)", list != nil, got, want, res.Header)
		}
	}
}
