package guard_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/server/guard"
)

// BenchmarkHandler measures a request of a known user, with and without Require.
func BenchmarkHandler(b *testing.B) {
	g := guard.New(guard.Config{Engine: newEngine(b, nil)})
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, h := range map[string]http.Handler{"handler": g.Handler(next), "require": g.Handler(g.Require("editor")(next))} {
		b.Run(name, func(b *testing.B) {
			r := request("GET", "/x", "anna", "correct-horse")
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
