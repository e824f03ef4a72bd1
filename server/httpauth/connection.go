package httpauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// checkConnection refuses a request whose Connection header would have a proxy take off
// on the way what was decided by (RFC 9110 section 7.6.1).
func checkConnection(r *http.Request) error {
	for _, value := range r.Header["Connection"] {
		for option := range strings.SplitSeq(value, ",") {
			if isDecidedBy(strings.TrimSpace(option)) {
				return api.E(api.Invalid, "bad_connection", "Connection must not name a header that says what the request means")
			}
		}
	}
	return nil
}

// isDecidedBy reports whether a header describes the body, names the method that is meant,
// or says on what else a request acts. A length is set anew in any case.
func isDecidedBy(option string) bool {
	switch strings.ToLower(option) {
	case "", "close", "keep-alive", "upgrade", "te":
		return false
	}
	name := route.Alias(option)
	return strings.HasPrefix(name, "Content-") && name != "Content-Length" ||
		slices.Contains([]string{"Depth", "Overwrite", "If"}, name) ||
		route.NewNames(route.Overrides()).Has(option) ||
		route.IsResource(route.NewNames(route.Resources()), option)
}
