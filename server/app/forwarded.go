package app

import (
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// tellForwarded logs, once in the life of the server, that a peer which is no trusted
// proxy says for whom it asks: a proxy was forgotten in trusted_proxies, and every
// client has its address, or a client makes it up.
func tellForwarded(trust httpauth.Trust, log *slog.Logger, next http.Handler) http.Handler {
	var told atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !told.Load() && len(r.Header["X-Forwarded-For"]) > 0 && !trust.Trusts(r) && told.CompareAndSwap(false, true) {
			log.Warn("X-Forwarded-For of a peer that is no trusted proxy is ignored: if it is your proxy, list it in server.trusted_proxies, "+
				"or all its clients count as one", "peer", r.RemoteAddr)
		}
		next.ServeHTTP(w, r)
	})
}
