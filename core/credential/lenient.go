package credential

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// FromBearer returns the credential for the text that another grammar than RFC
// 6750's found behind the word Bearer. It may be no token68: whether it is a
// token, the method finds out. "" and what is too long are bad_credential.
func FromBearer(text string) (api.Credential, error) {
	if text == "" || len(text) > MaxToken {
		return api.Credential{}, unread("the Bearer token is malformed")
	}
	if HasAPIKeyForm(text) {
		return apiKey(text)
	}
	return api.Credential{Kind: api.Bearer, Text: text}, nil
}

// Scheme returns the kind of credential that an Authorization value announces by
// its first word, NoCredential for an unknown one; the schemes are known as well.
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
