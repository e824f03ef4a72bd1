package guard

import (
	"net/http"
	"reflect"
	"runtime/debug"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// What a guard is put together from, and the panics of it.

// mustServe panics where a guard is put together wrongly, so that it is the start
// that fails and no request.
func (g *Guard) mustServe(next http.Handler) {
	if g == nil || g.engine == nil {
		panic("guard: the guard is nil: make it with New")
	}
	if isNil(next) {
		panic("guard: Handler and Require need a handler: it is nil")
	}
}

// isNil reports whether a handler is none: also a nil pointer or function.
func isNil(next http.Handler) bool {
	if next == nil {
		return true
	}
	v := reflect.ValueOf(next)
	return (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil()
}

// answerError has OnError answer. If that panics, the client is told 500: a
// connection that breaks off would be tried again.
func (g *Guard) answerError(w http.ResponseWriter, r *http.Request, d core.Decision) {
	err := g.callOnError(w, r, d)
	if err == nil {
		return
	}
	g.engine.Fault(r.Context(), "a refusal could not be answered", err)
	httpauth.Answer(w, http.StatusInternalServerError, string(api.Internal), "internal error")
}

func (g *Guard) callOnError(w http.ResponseWriter, r *http.Request, d core.Decision) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler: // it means to
			panic(p)
		default:
			err = api.Fault("guard: OnError panicked: %v\n%s", p, debug.Stack())
		}
	}()
	g.onError(w, r, d)
	return nil
}
