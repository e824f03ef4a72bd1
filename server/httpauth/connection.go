package httpauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// checkConnection refuses a request whose Connection header would make a proxy remove
// headers that the decision depends on (RFC 9110 section 7.6.1).
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

// isDecidedBy reports whether a header describes the body, overrides the method or names
// another resource of the request. Content-Length does not count: it is always set again.
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
