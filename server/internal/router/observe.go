package router

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// observed logs each request at debug level, without query and headers, which may contain
// secrets, and answers 500 if a handler panics.
func (rt *Router) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		if rt.log.Enabled(r.Context(), slog.LevelDebug) {
			defer rt.access(rec, r, time.Now())
		}
		defer rt.rescue(rec, r)
		next.ServeHTTP(rec, r)
	})
}

func (rt *Router) access(rec *recorder, r *http.Request, begin time.Time) {
	rt.log.LogAttrs(r.Context(), slog.LevelDebug, "request",
		slog.String("method", r.Method), slog.String("host", r.Host), slog.String("path", r.URL.Path),
		slog.Int("status", rec.status), slog.String("peer", r.RemoteAddr), slog.Duration("took", time.Since(begin)))
}

// rescue recovers from a panic. A response that has started is aborted, so that the
// client does not take it for complete.
func (rt *Router) rescue(rec *recorder, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	if skipped, ok := rt.panics.Admit("", time.Now()); ok {
		rt.log.ErrorContext(r.Context(), "handler panicked", "method", r.Method, "path", r.URL.Path,
			"panic", p, "stack", string(debug.Stack()), "not_logged", skipped)
	}
	if rec.status != 0 {
		panic(http.ErrAbortHandler)
	}
	clear(rec.Header())
	httpauth.Answer(rec, http.StatusInternalServerError, "internal", "internal error")
}

// recorder records the status for the access log.
type recorder struct {
	http.ResponseWriter
	status int // 0: the response has not started
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap returns the underlying writer, for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
