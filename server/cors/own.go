package cors

import (
	"net/http"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// Own is the handler for a server without a policy. Pages of every origin may read Cardea's
// own answers at the sites, without credentials, as they may read those of the applications
// in whose place Cardea answers. Responses of upstreams are not changed.
//
// A preflight at a site that Cardea would refuse because it has no credential or no route is
// answered with 204: browsers send it without credentials. It is safe for concurrent use.
type Own struct {
	sites []Site // the first that governs a request applies; their Origins do not count
	next  http.Handler
}

var _ http.Handler = (*Own)(nil)

// NewOwn returns the handler for the sites in front of next.
func NewOwn(sites []Site, next http.Handler) *Own { return &Own{sites, next} }

// ServeHTTP implements http.Handler.
func (o *Own) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header["Origin"]; len(origin) != 1 || origin[0] == "" {
		o.next.ServeHTTP(w, r)
		return
	}
	own := &ownWriter{ResponseWriter: w, own: o, request: r}
	o.next.ServeHTTP(own, r)
	own.begin(http.StatusOK) // for a response that was never written explicitly
}

// mark sets the CORS headers of one of Cardea's own answers, and returns its status.
func (o *Own) mark(h http.Header, r *http.Request, status int) int {
	i := governing(o.sites, r)
	if i < 0 {
		return status
	}
	preflight := isPreflight(r)
	if preflight && isRefusal(status) && len(r.Header["Authorization"]) == 0 {
		status = http.StatusNoContent
		for _, name := range [...]string{"Content-Type", "Content-Length", "Www-Authenticate"} {
			h.Del(name)
		}
	}
	if len(h[httpauth.AllowOrigin]) > 0 {
		return status // of a handler that decides itself
	}
	if !preflight && httpauth.IsUnreadable(h) {
		return status
	}
	if len(h[httpauth.AllowHeaders]) == 0 || status == http.StatusNoContent {
		o.sites[i].says(r.URL).Tell(h, r.Header)
	}
	httpauth.AddVary(h, "Origin")
	h.Set(httpauth.AllowOrigin, r.Header.Get("Origin"))
	return status
}

// isRefusal reports whether a status refuses a request that has no credentials.
func isRefusal(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
		return true
	}
	return false
}

// ownWriter marks the response right before it starts, unless it is an upstream's.
type ownWriter struct {
	http.ResponseWriter
	own       *Own
	request   *http.Request
	begun     bool
	forwarded bool
	empty     bool // the response has no body, whatever is written
}

// Forwarding marks the response as an upstream's, see [httpauth.Forwarding].
func (w *ownWriter) Forwarding() { w.forwarded = true }

// begin returns the status to send.
func (w *ownWriter) begin(status int) int {
	if w.begun || w.forwarded {
		return status
	}
	w.begun = true
	status = w.own.mark(w.Header(), w.request, status)
	w.empty = status == http.StatusNoContent
	return status
}

// WriteHeader implements http.ResponseWriter.
func (w *ownWriter) WriteHeader(status int) {
	if isFinal(status) {
		status = w.begin(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *ownWriter) Write(b []byte) (int, error) {
	w.begin(http.StatusOK)
	if w.empty {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// FlushError starts the response, for [http.ResponseController].
func (w *ownWriter) FlushError() error {
	w.begin(http.StatusOK)
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap returns the underlying writer, for [http.ResponseController].
func (w *ownWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
