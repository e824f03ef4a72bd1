package token

import "github.com/cardea-auth/cardea/core/api"

// Token is a well-formed but unverified JWT. It is immutable and safe for
// concurrent use.
type Token struct {
	header Header
	claims api.Claims
}

// Header is what of a token's header is heeded (RFC 7515 section 4.1).
type Header struct {
	Algorithm string // alg, never empty
	Type      string // typ as written, "" when absent
	KeyID     string // kid, "" when absent
}

// Parse reads text as a compact JWS that carries a JSON claims set (RFC 7519
// section 7.2 steps 1 to 10, without the signature). Errors have the code
// Unauthenticated and one of the reasons token_malformed, token_header,
// token_claims and token_subject.
func Parse(text string) (*Token, error) {
	return nil, api.E(api.Unauthenticated, api.ReasonTokenMalformed, "malformed token")
}

// Header returns the header members that are heeded.
func (t *Token) Header() Header { return t.header }

// Claims returns the claims in wire order: integers that fit as int64, other
// numbers as json.Number, objects as api.Claims, arrays as []any.
func (t *Token) Claims() api.Claims { return t.claims }

// Digest returns the SHA-256 of decoded header and payload: the identity of a
// token without jti. It does not cover the signature, since that can be written
// in more than one way.
func (t *Token) Digest() [32]byte { return [32]byte{} }

// Verify returns the first of keys that signed the token. The key decides the
// algorithm: the header's alg must be exactly the key's, its kid, when both
// have one, the key's ID. Errors have the reason token_key when no key has the
// kid, token_algorithm when none that has it has the alg, token_signature when
// the signature does not verify.
func (t *Token) Verify(keys ...api.Key) (api.Key, error) {
	return api.Key{}, api.E(api.Unauthenticated, api.ReasonTokenKey, "unknown key")
}
