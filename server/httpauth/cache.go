package httpauth

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/route"
)

// KeepPrivate marks the response to a request with a credential in X-API-Key or a custom
// header. Caches only know from Authorization that a response is private to a user (RFC
// 9111 section 3.5). The response gets Vary with that header, and Cache-Control: private
// if it has no caching headers. a is the attempt that was decided on, rule the rule that
// applied.
func KeepPrivate(answer http.Header, a *api.Attempt, rule *route.Rule) {
	if rule != nil && rule.Access == route.Public && !rule.ForwardCredential {
		return // no credential is used
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

// AddVary adds a request header to Vary, unless it is already listed.
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
