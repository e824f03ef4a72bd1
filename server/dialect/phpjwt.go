package dialect

import (
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// JWTMessage returns the message of php-jwt, which several plugins use, for a token
// that the engine rejected, or the error's public text if php-jwt has no message for
// it. Clients compare these messages.
func JWTMessage(text string, err error) string {
	e := api.AsError(err)
	switch e.Reason {
	case api.ReasonTokenMalformed:
		return malformed(text)
	case api.ReasonTokenAlgorithm:
		return algorithm(text)
	case api.ReasonTokenSignature:
		return "Signature verification failed"
	case api.ReasonTokenExpired:
		return "Expired token"
	case api.ReasonTokenNotYet:
		return "Cannot handle token prior to " + begins(text).UTC().Format("2006-01-02T15:04:05-0700")
	case api.ReasonTokenRevoked:
		return "This token has been revoked"
	case api.ReasonUnknownUser, api.ReasonDisabled:
		return "The user of this token does not exist"
	}
	return e.Public
}

func malformed(text string) string {
	if strings.Count(text, ".") != 2 {
		return "Wrong number of segments"
	}
	return "Syntax error, malformed JSON"
}

func algorithm(text string) string {
	t, err := token.Parse(text)
	if err != nil {
		return "Empty algorithm"
	}
	switch t.Header().Algorithm {
	case "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA":
		return "Incorrect key for this algorithm"
	}
	return "Algorithm not supported"
}

// begins returns the time from which the token is valid.
func begins(text string) time.Time {
	t, err := token.Parse(text)
	if err != nil {
		return time.Time{}
	}
	iat := t.Issued()
	if nbf, ok := t.Claims().Int("nbf"); ok && nbf > iat.Unix() {
		return time.Unix(nbf, 0)
	}
	return iat
}
