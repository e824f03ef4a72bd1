package credential

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// FromBearer returns the credential for the text that a more lenient grammar than RFC 6750
// found after the word Bearer. It need not be a token68; the method decides whether it is a
// token. An empty or too long text is bad_credential.
func FromBearer(text string) (api.Credential, error) {
	if text == "" || len(text) > MaxToken {
		return api.Credential{}, unread("the Bearer token is malformed")
	}
	if HasAPIKeyForm(text) {
		return apiKey(text)
	}
	return api.Credential{Kind: api.Bearer, Text: text}, nil
}

// Scheme returns the kind of credential named by the first word of an Authorization value,
// or NoCredential for an unknown one. schemes are additional known ones.
func Scheme(value string, schemes ...api.Kind) api.Kind {
	word, _, _ := strings.Cut(value, " ")
	switch {
	case strings.EqualFold(word, "Basic"):
		return api.Basic
	case strings.EqualFold(word, "Bearer"):
		return api.Bearer
	case strings.EqualFold(word, "ApiKey"):
		return api.APIKeyKind
	}
	for _, kind := range schemes {
		if strings.EqualFold(word, string(kind)) {
			return kind
		}
	}
	return api.NoCredential
}
