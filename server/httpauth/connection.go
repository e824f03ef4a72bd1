package httpauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// maxOptions is the maximum number of options in the Connection headers of a request: each
// costs a look at the headers. Clients send one to three.
const maxOptions = 32

// checkConnection refuses a request whose Connection header would make a proxy remove
// headers that the decision depends on (RFC 9110 section 7.6.1), or has too many options.
func checkConnection(r *http.Request) error {
	options := 0
	for _, value := range r.Header["Connection"] {
		for option := range strings.SplitSeq(value, ",") {
			if options++; options > maxOptions {
				return api.E(api.Invalid, "bad_connection", "Connection has too many options")
			}
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
		isOneOf(route.Overrides(), option) || isOneOf(route.Resources(), option) || route.IsResource(nil, option)
}

// isOneOf reports whether a list has a name in some spelling. For a single look it is
// cheaper than a set.
func isOneOf(names []string, name string) bool {
	return slices.ContainsFunc(names, func(one string) bool { return route.IsAlias(name, one) })
}
