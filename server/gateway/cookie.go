package gateway

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
)

// stripCookies deletes cookies that hold a refresh token of Cardea, as set by a dialect:
// upstreams do not need it. Other cookies are unchanged.
func stripCookies(header http.Header) {
	fields := header["Cookie"]
	if !core.HoldsRefreshToken(strings.Join(fields, ";")) {
		return
	}
	var kept []string
	for _, field := range fields {
		var pairs []string
		for pair := range strings.SplitSeq(field, ";") {
			if !core.HoldsRefreshToken(pair) {
				pairs = append(pairs, pair)
			}
		}
		if rest := strings.TrimLeft(strings.Join(pairs, ";"), " "); rest != "" {
			kept = append(kept, rest)
		}
	}
	if header["Cookie"] = kept; kept == nil {
		delete(header, "Cookie")
	}
}
