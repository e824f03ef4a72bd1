package credential

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// IsApplications reports whether an Authorization value has the form of a credential that
// an application behind the gateway has issued: a scheme other than Bearer, ApiKey, prefix,
// those of has and those of [BindsConnection], or Basic with a consumer key and its secret
// (ck_..., cs_...). Only the form matters, not what exists. has reports for which kinds
// there is a method.
func IsApplications(value, prefix string, schemes []api.Kind, has func(api.Kind) bool) bool {
	scheme, rest, err := cutScheme(value)
	if err != nil || !isScheme(scheme) || BindsConnection(value) || strings.EqualFold(scheme, prefix) {
		return false
	}
	switch kind := Scheme(value, schemes...); kind {
	case api.NoCredential:
		return true
	case api.Basic:
		return !has(api.Basic) || isConsumerKey(rest)
	default:
		return kind != api.Bearer && kind != api.APIKeyKind && !has(kind)
	}
}

// BindsConnection reports whether an Authorization value has a scheme that authenticates the
// connection and not the request: NTLM, and Negotiate, which may be NTLM (RFC 4559). An
// application then attributes all later requests on the connection to the same user, and a
// proxy uses connections for requests of many clients.
func BindsConnection(value string) bool {
	scheme := value
	if end := strings.IndexAny(value, " \t,"); end >= 0 {
		scheme = value[:end]
	}
	return strings.EqualFold(scheme, "NTLM") || strings.EqualFold(scheme, "Negotiate")
}

// isScheme reports whether a word has only characters of registered schemes: letters,
// digits and hyphens.
func isScheme(word string) bool {
	for i := range len(word) {
		if c := word[i]; !isBase62(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return word != ""
}

// isConsumerKey reports whether what follows Basic is a consumer key and its secret.
func isConsumerKey(text string) bool {
	plain, ok := decodeBasic(text)
	key, secret, _ := strings.Cut(plain, ":")
	return ok && strings.HasPrefix(key, "ck_") && strings.HasPrefix(secret, "cs_")
}
