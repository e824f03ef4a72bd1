package httpauth

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/route"
)

// KeepPrivate marks the answer to a request that carries a credential in X-API-Key or
// a header of the operator's own. Caches know of Authorization alone that answers
// belong to whom they were given (RFC 9111 section 3.5): such an answer varies by that
// header, and is private where it says nothing of caching itself. a is the attempt
// that was decided on, rule what it was decided by.
func KeepPrivate(answer http.Header, a *api.Attempt, rule *route.Rule) {
	if rule != nil && rule.Access == route.Public && !rule.ForwardCredential {
		return // nobody looks at a credential
	}
	marked := false
	for _, name := range [...]string{credential.XAPIKey, a.Credential.Header} {
		if name == "" || name == credential.Authorization || len(a.Header[name]) == 0 {
			continue
		}
		AddVary(answer, name)
		marked = true
	}
	if marked && !speaksOfCaching(answer) {
		answer.Set("Cache-Control", "private")
	}
}

func speaksOfCaching(h http.Header) bool {
	return h.Get("Cache-Control") != "" || h.Get("Expires") != "" || h.Get("Pragma") != ""
}

// AddVary tells caches that an answer depends on a request header, unless it does so
// already.
func AddVary(answer http.Header, name string) {
	for _, field := range answer["Vary"] {
		for known := range strings.SplitSeq(field, ",") {
			if known = strings.TrimSpace(known); known == "*" || strings.EqualFold(known, name) {
				return
			}
		}
	}
	answer.Add("Vary", name)
}
