package app

import (
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// tellForwarded logs once when a peer that is not a trusted proxy sends X-Forwarded-For:
// either a proxy is missing in trusted_proxies, so all its clients have the proxy's
// address, or a client forges the header.
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
