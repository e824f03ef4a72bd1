package cors_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/cors"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// hooks is a function as cors-headers hooks.
type hooks func(core.CORSHeaders) core.CORSHeaders

func (f hooks) CORSHeaders(_ context.Context, h core.CORSHeaders) core.CORSHeaders { return f(h) }

// TestHandler_asks: the answer to a preflight has what the application lists in its own, if
// the application is what answers, and well.
func TestHandler_asks(t *testing.T) {
	const own, unlisted = "Authorization", "https://evil.example"
	says := func(headers, methods string, status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			httpauth.Forwarding(w)
			w.Header().Set("Access-Control-Allow-Headers", headers)
			w.Header().Set("Access-Control-Allow-Methods", methods)
			w.Header().Set("Set-Cookie", "a=b")
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(status)
			io.WriteString(w, "x")
		}
	}
	narrowing := hooks(func(h core.CORSHeaders) core.CORSHeaders {
		h.Headers = "X-Hooked"
		return h
	})
	for _, tc := range []struct {
		name             string
		next             http.HandlerFunc
		hooks            cors.Hooks
		origin           string
		status           int
		headers, methods string
	}{
		{"more", says("authorization, X-Tenant", "GET, PURGE", 200), nil, friend, 204, own + ", X-Tenant", "GET, PURGE"},
		{"nothing", says("", "", 204), nil, friend, 204, own, "GET"},
		{"no names", says("*, X Y", `*, "`, 200), nil, friend, 204, own, "GET"},
		{"a refusal", says("X-Tenant", "PURGE", 403), nil, friend, 204, own, "GET"},
		{"Cardea's answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Access-Control-Allow-Headers", "X-Tenant")
		}, nil, friend, 204, own, "GET"},
		{"broken off", func(w http.ResponseWriter, r *http.Request) {
			says("X-Tenant", "PURGE", 200)(w, r)
			panic(http.ErrAbortHandler)
		}, nil, friend, 204, own + ", X-Tenant", "GET, PURGE"},
		{"late", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, nil, friend, 204, own, "GET"},
		{"to an unlisted origin", says("X-Tenant", "PURGE", 200), nil, unlisted, 403, "", ""},
		{"after a hook's lists", says("X-Tenant", "PURGE", 200), narrowing, friend, 204, "X-Hooked", "GET"},
		{"after a hook that says nothing", says("X-Tenant", "PURGE", 200), hooks(func(h core.CORSHeaders) core.CORSHeaders { return h }), friend, 204, own + ", X-Tenant", "GET, PURGE"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			asked := false
			h, err := cors.New(cors.Config{
				Policy: cors.Policy{Origins: []string{friend}, Headers: []string{own}, Methods: []string{"GET"}}, Hooks: tc.hooks,
				Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					asked = true
					if body, err := io.ReadAll(r.Body); err != nil || len(body) > 0 || r.Header.Get("Cookie") != "" || r.Header.Get("Authorization") != "" ||
						r.Header.Get("Origin") != friend || r.Header.Get("Access-Control-Request-Method") != "GET" {
						t.Errorf("the application is asked with %v, body %q, %v", r.Header, body, err)
					}
					tc.next(w, r)
				}),
			})
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("OPTIONS", "/orders", strings.NewReader("a body"))
			r.Header.Set("Cookie", "session=1")
			r.Header.Set("Authorization", "Bearer x")
			r.Header.Set("Origin", tc.origin)
			r.Header.Set("Access-Control-Request-Method", "GET")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			got := w.Header()
			if w.Code != tc.status || got.Get("Access-Control-Allow-Headers") != tc.headers || got.Get("Access-Control-Allow-Methods") != tc.methods {
				t.Errorf("got %d, headers %q, methods %q; want %d, %q, %q", w.Code, got.Get("Access-Control-Allow-Headers"), got.Get("Access-Control-Allow-Methods"), tc.status, tc.headers, tc.methods)
			}
			if tc.status == 204 && (w.Body.Len() > 0 || got.Get("Set-Cookie") != "") || asked && tc.origin == unlisted {
				t.Errorf("asked %v, got %q with %v", asked, w.Body, got)
			}
		})
	}
}
