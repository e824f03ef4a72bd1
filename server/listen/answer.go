package listen

import (
	"bufio"
	"net"
	"net/http"
)

// bound wraps h, the handler of the listener, with limits on what a request may cost its
// connection.
func (l *Limits) bound(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var x *exchange
		if r.ProtoMajor > 1 {
			if x = l.streams.enter(l.countedOf(r), w); x == nil {
				refuseStream(w)
				return
			}
			defer l.streams.leave(x)
			over := newStream(w, x, l.stall)
			defer over.end()
			w = over
		}
		s, _ := r.Context().Value(connKey{}).(*scanned)
		last := s != nil && s.last.Load()
		hasBody := r.Body != nil && r.Body != http.NoBody
		if !hasBody && !last {
			h.ServeHTTP(w, r)
			return
		}
		a := &answer{ResponseWriter: w, conn: s}
		if !hasBody {
			h.ServeHTTP(a, r)
			a.begin()
			return
		}
		if x == nil {
			x = l.countedOf(r).enter(nil)
			defer x.leave()
		}
		l.serveBody(h, a, r, x)
	})
}

// serveBody passes the handler a copy of the request, because net/http keeps using the
// original body.
func (l *Limits) serveBody(h http.Handler, a *answer, r *http.Request, x *exchange) {
	a.body = newBody(a.ResponseWriter, r, x, &l.slow)
	copied := r.WithContext(r.Context())
	copied.Body = a.body
	h.ServeHTTP(a, copied)
	r.MultipartForm = copied.MultipartForm // so that net/http removes its files
	if !a.hijacked {
		a.begin()
		a.body.end()
	}
}

// answer is the writer for a request with a body, or for the last request of a
// connection.
type answer struct {
	http.ResponseWriter
	body     *body    // nil: none
	conn     *scanned // nil: HTTP/2
	begun    bool
	hijacked bool
}

func (a *answer) begin() {
	if a.begun {
		return
	}
	a.begun = true
	if a.conn != nil && a.conn.last.Load() {
		a.Header().Set("Connection", "close")
	}
	if a.body != nil {
		a.body.settle(a.Header())
	}
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if status >= 200 {
		a.begin()
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.begin()
	return a.ResponseWriter.Write(p)
}

// FlushError starts the response, for [http.ResponseController].
func (a *answer) FlushError() error {
	a.begin()
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Flush implements http.Flusher.
func (a *answer) Flush() { a.FlushError() } // Flush cannot return an error

// EnableFullDuplex records that the handler reads the body while it responds. An HTTP/1
// connection is then closed if the response starts before the end of the body.
func (a *answer) EnableFullDuplex() error {
	if a.body != nil {
		a.body.duplex = true
	}
	return nil
}

// Hijack implements http.Hijacker.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(a.ResponseWriter).Hijack()
	a.hijacked = err == nil
	return c, rw, err
}

// Unwrap returns the underlying writer, for [http.ResponseController].
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
