package cors

import (
	"context"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// askedFor is how long a preflight waits for what the application says to it.
const askedFor = 2 * time.Second

// asked returns the methods and headers that the application lists in its answer to a
// preflight, for which it may be asked if the rules let a request without a credential
// through. There are none if Cardea answers in its place, if it fails, or if it is slow.
func (h *Handler) asked(r *http.Request) httpauth.CrossOrigin {
	ctx, cancel := context.WithTimeout(r.Context(), askedFor)
	defer cancel()
	heard := &listener{header: http.Header{}, status: http.StatusOK}
	h.hear(heard, r.WithContext(ctx))
	if !heard.forwarded || heard.status < 200 || heard.status > 299 {
		return httpauth.CrossOrigin{}
	}
	return httpauth.CrossOrigin{Methods: namesIn(heard.header[httpauth.AllowMethods]), Headers: namesIn(heard.header[httpauth.AllowHeaders])}
}

// hear serves the request to a listener. A response that the upstream breaks off counts as
// far as it came.
func (h *Handler) hear(l *listener, r *http.Request) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	h.cfg.Next.ServeHTTP(l, r)
}

// listener keeps the head of a response and drops its body.
type listener struct {
	header    http.Header
	status    int
	begun     bool
	forwarded bool
}

// Header implements http.ResponseWriter.
func (l *listener) Header() http.Header { return l.header }

// WriteHeader implements http.ResponseWriter.
func (l *listener) WriteHeader(status int) {
	if isFinal(status) && !l.begun {
		l.begun, l.status = true, status
	}
}

// Write implements http.ResponseWriter.
func (l *listener) Write(b []byte) (int, error) {
	l.begun = true
	return len(b), nil
}

// Forwarding marks the response as an upstream's, see [httpauth.Forwarding].
func (l *listener) Forwarding() { l.forwarded = true }
