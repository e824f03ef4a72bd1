package admin

import (
	"net/http"
	"net/netip"
	"slices"

	"github.com/cardea-auth/cardea/core/route"
)

// OnlyHosts refuses requests whose Host is an unlisted name with 403. A web page in an
// operator's browser can make its own name resolve to the listener (DNS rebinding) and
// could then read its responses; but it cannot change the Host that the browser sends. IP
// addresses, localhost, and requests without a Host, which browsers never send, are
// allowed.
func OnlyHosts(next http.Handler, hosts []string) http.Handler {
	known := []string{"localhost"}
	for _, h := range hosts {
		if name, err := route.Host(h); err == nil {
			known = append(known, name)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isKnownHost(r.Host, known) {
			answer(w, http.StatusForbidden, map[string]string{
				"code": "unknown_host", "message": "the admin listener is not known by this host name: list it in server.admin_hosts",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isKnownHost(raw string, known []string) bool {
	if raw == "" {
		return true
	}
	host, err := route.Host(raw)
	if err != nil {
		return false
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return slices.Contains(known, host)
}
