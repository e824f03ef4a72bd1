package gateway

import (
	"net/http"

	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/route"
)

// strip deletes from h what the upstream must not hear from a client, in every
// spelling: identity headers, words about the way that the request took, method
// overrides, and the credential unless the rule passes it on.
func strip(h http.Header, rule *route.Rule, carrier string) {
	for name := range h {
		if isHearsay(name) || isCredential(name, rule.Header.Name, carrier) && !(rule.ForwardCredential && isExact(name, rule.Header.Name, carrier)) {
			delete(h, name)
		}
	}
}

// isCredential reports whether name could carry a credential under a rule whose
// own header is custom. carrier is the header that did carry it.
func isCredential(name, custom, carrier string) bool {
	return route.IsAlias(name, credential.Authorization) || route.IsAlias(name, credential.XAPIKey) ||
		route.IsAlias(name, custom) || route.IsAlias(name, carrier)
}

func isExact(name, custom, carrier string) bool {
	return name == credential.Authorization || name == credential.XAPIKey || name == custom || name == carrier
}

// isHearsay reports whether name is, in any spelling, a header in which only a
// proxy that is trusted could speak, or that turns the request into another. The
// framing headers are among them for their other spellings: the transport writes
// its own.
func isHearsay(name string) bool {
	if name == "" {
		return true
	}
	if name[0] == 'X' || name[0] == 'x' {
		return route.IsProtected(name) || isExtension(name)
	}
	switch name[0] {
	case 'R', 'r':
		return route.HasAliasPrefix(name, "remote-")
	case 'F', 'f':
		return route.IsAlias(name, "forwarded") || route.IsAlias(name, "front-end-https")
	case 'P', 'p':
		return route.IsAlias(name, "proxy")
	case 'T', 't':
		return route.IsAlias(name, "true-client-ip") || route.IsAlias(name, "transfer-encoding")
	case 'C', 'c':
		return route.IsAlias(name, "cf-connecting-ip") || route.IsAlias(name, "client-ip") || route.IsAlias(name, "content-length")
	case 'H', 'h':
		return route.IsAlias(name, "http2-settings") || route.IsAlias(name, "host")
	}
	return false
}

func isExtension(name string) bool {
	for _, prefix := range [...]string{"x-forwarded-", "x-original-", "x-rewrite-", "x-remote-", "x-webauth-", "x-envoy-"} {
		if route.HasAliasPrefix(name, prefix) {
			return true
		}
	}
	for _, other := range [...]string{
		"x-forwarded", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-host", "x-scheme", "x-url-scheme",
		"x-http-method", "x-http-method-override", "x-method-override",
	} {
		if route.IsAlias(name, other) {
			return true
		}
	}
	return false
}
