package token

import (
	"crypto/sha256"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Token is a well-formed, unverified JWT. It is immutable and safe for concurrent use.
type Token struct {
	parts  segments
	header Header
	claims api.Claims
}

// Header contains the header members that are used (RFC 7515 section 4.1).
type Header struct {
	Algorithm string // alg, never empty
	Type      string // typ as written, "" when absent
	KeyID     string // kid, "" when absent
	Narrowed  bool   // whether the member [Narrowed] is true
}

// Parse parses text as a compact JWS with a JSON claims set (RFC 7519 section 7.2, without
// the signature), of at most [MaxSize] bytes. Errors are [*api.Error] with the code
// Unauthenticated and the reason token_malformed or token_header.
func Parse(text string) (*Token, error) {
	parts, err := split(text)
	if err != nil {
		return nil, malformed(err)
	}
	header, err := parseHeader(parts.header)
	if err != nil {
		return nil, err
	}
	claims, err := parseObject(parts.payload)
	if err != nil {
		return nil, malformed(err)
	}
	return &Token{parts: parts, header: header, claims: claims}, nil
}

// Header returns the header members that are used.
func (t *Token) Header() Header { return t.header }

// Claims returns the claims in the order of the token: integers that fit as int64, other
// numbers as json.Number, objects as api.Claims, arrays as []any.
func (t *Token) Claims() api.Claims { return t.claims }

// Digest returns the SHA-256 of decoded header, a NUL and decoded payload. It identifies a
// token without jti. It does not cover the signature, which can have more than one valid
// value (r, n-s in ECDSA).
func (t *Token) Digest() [32]byte {
	both := make([]byte, 0, len(t.parts.header)+1+len(t.parts.payload))
	both = append(both, t.parts.header...)
	both = append(both, 0)
	both = append(both, t.parts.payload...)
	return sha256.Sum256(both)
}

// Expires returns the time in exp, or zero if it is missing or not a valid NumericDate.
func (t *Token) Expires() time.Time { return t.moment("exp") }

// Issued returns the time in iat, or zero if it is missing or not a valid NumericDate.
func (t *Token) Issued() time.Time { return t.moment("iat") }

// NotBefore returns the time in nbf, or zero if it is missing or not a valid NumericDate.
func (t *Token) NotBefore() time.Time { return t.moment("nbf") }

func (t *Token) moment(name string) time.Time {
	v, _ := t.claims.Get(name)
	at, _ := numericDate(v)
	return at
}
