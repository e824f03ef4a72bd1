package token

import (
	"crypto/sha256"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Token is a well-formed but unverified JWT. It is immutable and safe for
// concurrent use.
type Token struct {
	parts  segments
	header Header
	claims api.Claims
}

// Header is what of a token's header is heeded (RFC 7515 section 4.1).
type Header struct {
	Algorithm string // alg, never empty
	Type      string // typ as written, "" when absent
	KeyID     string // kid, "" when absent
	Narrowed  bool   // whether the member [Narrowed] is true
}

// Parse reads text as a compact JWS that carries a JSON claims set (RFC 7519
// section 7.2, without the signature). It takes at most [MaxSize] bytes. Errors
// are [*api.Error] with the code Unauthenticated and the reason token_malformed
// or token_header.
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

// Header returns the header members that are heeded.
func (t *Token) Header() Header { return t.header }

// Claims returns the claims in wire order: integers that fit as int64, other
// numbers as json.Number, objects as api.Claims, arrays as []any.
func (t *Token) Claims() api.Claims { return t.claims }

// Digest returns the SHA-256 of decoded header, a NUL and decoded payload: the
// identity of a token without jti. It does not cover the signature, since that
// can be written in more than one way (r, n-s in ECDSA).
func (t *Token) Digest() [32]byte {
	both := make([]byte, 0, len(t.parts.header)+1+len(t.parts.payload))
	both = append(both, t.parts.header...)
	both = append(both, 0)
	both = append(both, t.parts.payload...)
	return sha256.Sum256(both)
}

// Expires returns the moment that exp names, the zero time when there is none
// or it is not a sane NumericDate.
func (t *Token) Expires() time.Time { return t.moment("exp") }

// Issued returns the moment that iat names, the zero time when there is none or
// it is not a sane NumericDate.
func (t *Token) Issued() time.Time { return t.moment("iat") }

// NotBefore returns the moment that nbf names, the zero time when there is none or it is
// not a sane NumericDate.
func (t *Token) NotBefore() time.Time { return t.moment("nbf") }

func (t *Token) moment(name string) time.Time {
	v, _ := t.claims.Get(name)
	at, _ := numericDate(v)
	return at
}
