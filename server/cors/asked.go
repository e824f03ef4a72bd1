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
	h.hear(heard, question(ctx, r))
	if !heard.forwarded || heard.status < 200 || heard.status > 299 {
		return httpauth.CrossOrigin{}
	}
	return httpauth.CrossOrigin{Methods: namesIn(heard.header[httpauth.AllowMethods]), Headers: namesIn(heard.header[httpauth.AllowHeaders])}
}

// question returns what the application is asked: the preflight without a body, and with no
// header that can be a credential. A browser sends neither, and nobody waits for either.
func question(ctx context.Context, r *http.Request) *http.Request {
	q := r.WithContext(ctx)
	q.Body, q.ContentLength, q.TransferEncoding, q.Trailer = http.NoBody, 0, nil, nil
	q.Header = http.Header{}
	for _, name := range []string{
		"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Accept", "Accept-Language", "User-Agent",
		"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip",
	} {
		if values := r.Header[name]; values != nil {
			q.Header[name] = values
		}
	}
	return q
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
