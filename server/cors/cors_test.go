package cors_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/server/cors"
)

const friend = "https://app.example.org"

func open(t *testing.T, next http.HandlerFunc) string {
	t.Helper()
	h, err := cors.New(cors.Config{Policy: cors.Policy{Origins: []string{friend}, Expose: []string{"Link"}}, Next: next})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func ask(t *testing.T, url string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", friend)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// TestHandler_begins: the headers are set however a handler starts its response.
func TestHandler_begins(t *testing.T) {
	for name, next := range map[string]http.HandlerFunc{
		"by nothing":  func(http.ResponseWriter, *http.Request) {},
		"by a status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"by a body":   func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "x") },
		"after a hint": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			io.WriteString(w, "x")
		},
		"by a flush": func(w http.ResponseWriter, _ *http.Request) { http.NewResponseController(w).Flush() },
		"with its own": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["access_control-Allow-ORIGIN"] = []string{"https://evil.example"}
		},
		"with its Vary": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Vary", "Accept, origin") },
		"several origin": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Access-Control-Allow-Origin"] = []string{"*", friend}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := ask(t, open(t, next)).Header
			if got := h.Values("Access-Control-Allow-Origin"); len(got) != 1 || got[0] != friend {
				t.Errorf("allowed origin %v", got)
			}
			if len(h["Access_control-Allow-Origin"]) > 0 || h.Get("Access-Control-Expose-Headers") != "Link" || len(h["Vary"]) != 1 {
				t.Errorf("headers %v", h)
			}
		})
	}
}

func TestHandler_streams(t *testing.T) {
	more := make(chan struct{})
	res := ask(t, open(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "a")
		http.NewResponseController(w).Flush()
		<-more
	}))
	first := make([]byte, 1)
	if _, err := io.ReadFull(res.Body, first); err != nil || first[0] != 'a' {
		t.Errorf("read %q, %v before the answer ended", first, err)
	}
	close(more)
}

func TestNew_refuses(t *testing.T) {
	for _, p := range []cors.Policy{
		{Origins: []string{"*"}, Credentials: true},
		{Origins: []string{"example.org"}},
		{Origins: []string{"https://"}},
		{Origins: []string{"https://a.example/x"}},
		{Origins: []string{"https://a.*.example"}},
		{Origins: []string{"https://*.*.example"}},
		{Origins: []string{"https://*.*"}},
		{Origins: []string{"https://*"}},
		{Origins: []string{"https://*."}},
	} {
		if _, err := cors.New(cors.Config{Policy: p, Next: http.NotFoundHandler()}); err == nil {
			t.Errorf("%+v is accepted", p)
		}
		if _, err := cors.New(cors.Config{Policy: cors.Policy{Credentials: p.Credentials}, Sites: []cors.Site{{Origins: p.Origins}}}); err == nil {
			t.Errorf("a site with %+v is accepted", p)
		}
	}
}

func ExampleNew() {
	h, err := cors.New(cors.Config{
		Policy: cors.Policy{Origins: []string{"https://*.example.org"}, Methods: []string{"GET"}, Headers: []string{"Authorization"}, MaxAge: time.Minute},
		Next:   http.NotFoundHandler(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest("OPTIONS", "/orders", nil)
	r.Header.Set("Origin", "https://shop.example.org")
	r.Header.Set("Access-Control-Request-Method", "GET")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("Access-Control-Allow-Origin"), w.Header().Get("Access-Control-Allow-Headers"))
	// Output: 204 https://shop.example.org Authorization
}

// TestNew_sharedDomains: with credentials, patterns may not cover domains that are open
// to registration.
func TestNew_sharedDomains(t *testing.T) {
	for origin, shared := range map[string]bool{
		"*": true, "https://*.com": true, "https://*.co.uk": true, "https://*.github.io": true, "https://*.COM": true,
		"https://*.com:8443": true, "https://*.internal": true, "https://*.example.org": false,
		"https://*.localhost:3000": false, "https://example.com": false,
	} {
		for _, credentials := range []bool{true, false} {
			policy := cors.Policy{Origins: []string{origin}, Credentials: credentials}
			_, err := cors.New(cors.Config{Policy: policy})
			if (err != nil) != (shared && credentials) {
				t.Errorf("%s, credentials %v: %v", origin, credentials, err)
			}
			policy.Origins = nil
			_, err = cors.New(cors.Config{Policy: policy, Sites: []cors.Site{{Origins: []string{origin}}}})
			if (err != nil) != (shared && credentials) {
				t.Errorf("%s of a site, credentials %v: %v", origin, credentials, err)
			}
		}
	}
}
