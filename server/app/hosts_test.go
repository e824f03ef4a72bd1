package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestServer_hosts: the admin listener accepts only its own names, and a mount's
// endpoints name the header that they vary by.
func TestServer_hosts(t *testing.T) {
	text := strings.Replace(whole, "shutdown_delay", "admin_hosts: [cardea.internal], shutdown_delay", 1)
	text = strings.Replace(text, "dialect: wpjwt", "dialect: wpjwt, header: {name: X-Shop-Token}", 1)
	_, public, admin := start(t, load(t, text), nil)
	ask := func(method, url, host string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("X-Shop-Token", "a.b.c")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	for host, want := range map[string]int{"": 200, "localhost": 200, "cardea.internal:9090": 200, "evil.example": 403} {
		if res := ask("GET", admin+"/metrics", host); res.StatusCode != want {
			t.Errorf("the admin listener as %q: %d, want %d", host, res.StatusCode, want)
		}
	}
	res := ask("POST", public+"/wp-json/jwt-auth/v1/token/validate", "")
	if !slices.Contains(res.Header["Vary"], "X-Shop-Token") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("an endpoint: %d, Vary %q, Cache-Control %q", res.StatusCode, res.Header["Vary"], res.Header.Get("Cache-Control"))
	}
}
