package compiled

import "github.com/cardea-auth/cardea/core/api"

// IsKnownHere reports whether an ignored credential belongs to one of Cardea's users but
// was refused. The upstream must not get it: it may accept it without knowing of the
// refusal. A credential that is unknown here may be the upstream's own.
func IsKnownHere(err error) bool {
	switch api.ReasonOf(err) {
	case api.ReasonNoCredential, api.ReasonBadCredential,
		api.ReasonUnknownUser, api.ReasonUnknownEmail, api.ReasonWrongPassword, api.ReasonEmptyUser, api.ReasonEmptyPassword,
		api.ReasonTokenMalformed, api.ReasonTokenSignature, api.ReasonTokenAlgorithm, api.ReasonTokenKey, api.ReasonTokenHeader,
		api.ReasonTokenType, api.ReasonTokenClaims, api.ReasonTokenIssuer, api.ReasonTokenAudience, api.ReasonAPIKey:
		return false
	}
	return true
}
