package token

import (
	"github.com/cardea-auth/cardea/core/api"
)

// maxTries is the maximum number of signature checks for a token without kid.
const maxTries = 16

// Verify returns the first of keys that signed the token. The key determines the algorithm:
// the header's alg must equal the key's, and its kid, if both have one, the key's ID (RFC
// 8725 section 3.1). Errors are [*api.Error] with the code Unauthenticated and the reason
// token_key if no key has the kid, token_algorithm if none of those has the alg, or
// token_signature if the signature is wrong. A [Verifier] is faster for a fixed set of
// keys.
func (t *Token) Verify(keys ...api.Key) (api.Key, error) {
	return NewVerifier(keys...).Verify(t)
}

// Verifier verifies with a fixed set of keys and caches their HMAC states. It is immutable
// and safe for concurrent use.
type Verifier struct{ list []checker }

// checker is a prepared key. err is set if it cannot verify anything.
type checker struct {
	key   api.Key
	check func(signed string, signature []byte) error
	err   error
}

// NewVerifier returns a verifier for the keys. A key with an unknown algorithm, or one that
// is too short for its algorithm, verifies nothing.
func NewVerifier(keys ...api.Key) *Verifier {
	v := &Verifier{list: make([]checker, len(keys))}
	for i, key := range keys {
		v.list[i] = newChecker(key)
	}
	return v
}

func newChecker(key api.Key) checker {
	a, ok := algorithmOf(key.Algorithm)
	if !ok {
		return checker{key: key, err: refuse(api.ReasonTokenAlgorithm, "token algorithm not accepted", "%s: unknown algorithm", key)}
	}
	if err := a.admits(key); err != nil {
		return checker{key: key, err: api.Wrap(api.Unauthenticated, api.ReasonTokenKey, "unknown key", err)}
	}
	if secret, ok := key.Public.([]byte); ok {
		return checker{key: key, check: newMAC(a.hash, secret).check}
	}
	return checker{key: key, check: func(signed string, signature []byte) error {
		return a.method.Verify(signed, signature, key.Public)
	}}
}

// Verify is [Token.Verify] with the verifier's keys.
func (v *Verifier) Verify(t *Token) (api.Key, error) { return v.verify(t.parts, t.header) }

// verify finds the key that signed a JWS.
func (v *Verifier) verify(parts segments, h Header) (api.Key, error) {
	var refusal error
	tries := 0
	for i := range v.list {
		c := &v.list[i]
		if tries == maxTries || h.KeyID != "" && c.key.ID != "" && h.KeyID != c.key.ID {
			continue
		}
		err := c.verify(parts, h)
		if err == nil {
			return c.key, nil
		}
		if refusal = later(refusal, err); api.ReasonOf(err) == api.ReasonTokenSignature {
			tries++
		}
	}
	if refusal == nil {
		refusal = refuse(api.ReasonTokenKey, "unknown key", "no key has kid %.64q", h.KeyID)
	}
	return api.Key{}, refusal
}

func (c *checker) verify(parts segments, h Header) error {
	if c.err != nil {
		return c.err
	}
	if h.Algorithm != c.key.Algorithm {
		return refuse(api.ReasonTokenAlgorithm, "token algorithm not accepted", "alg is %.32q, the %s", h.Algorithm, c.key)
	}
	if err := c.check(parts.signed, parts.signature); err != nil {
		return refuse(api.ReasonTokenSignature, "bad token signature", "%s: %w", c.key, err)
	}
	return nil
}

// later returns the refusal from the later check: key, algorithm, signature.
func later(a, b error) error {
	if rank(b) >= rank(a) {
		return b
	}
	return a
}

func rank(err error) int {
	switch api.ReasonOf(err) {
	case api.ReasonTokenAlgorithm:
		return 1
	case api.ReasonTokenSignature:
		return 2
	}
	return 0
}
