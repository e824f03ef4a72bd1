package guard

import (
	"net/http"
	"reflect"
	"runtime/debug"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// Helpers for building a guard, and recovery from panics of OnError.

// mustServe panics if a guard is built incorrectly, so that the start fails instead of
// each request.
func (g *Guard) mustServe(next http.Handler) {
	if g == nil || g.engine == nil {
		panic("guard: the guard is nil: make it with New")
	}
	if isNil(next) {
		panic("guard: Handler and Require need a handler: it is nil")
	}
}

// isNil reports whether a handler is nil, or a nil pointer or function.
func isNil(next http.Handler) bool {
	if next == nil {
		return true
	}
	v := reflect.ValueOf(next)
	return (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil()
}

// answerError calls OnError. If that panics, it answers 500: a client would retry after
// an aborted connection.
func (g *Guard) answerError(w http.ResponseWriter, r *http.Request, d core.Decision) {
	err := g.callOnError(w, r, d)
	if err == nil {
		return
	}
	g.engine.Fault(r.Context(), "refusal not written", err)
	httpauth.Answer(w, http.StatusInternalServerError, string(api.Internal), "internal error")
}

func (g *Guard) callOnError(w http.ResponseWriter, r *http.Request, d core.Decision) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler: // intentional
			panic(p)
		default:
			err = api.Fault("guard: OnError panicked: %v\n%s", p, debug.Stack())
		}
	}()
	g.onError(w, r, d)
	return nil
}
