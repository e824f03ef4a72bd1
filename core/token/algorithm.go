package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"

	"github.com/golang-jwt/jwt/v5"

	"github.com/cardea-auth/cardea/core/api"
)

// algorithm is a JWA signature algorithm (RFC 7518 section 3.1, RFC 8037) with the required
// size of its keys.
type algorithm struct {
	method jwt.SigningMethod
	hash   crypto.Hash // HMAC only
	bits   int         // ECDSA only: size of the curve
}

// algorithmOf returns the algorithm with exactly this name. There is no "none".
func algorithmOf(name string) (algorithm, bool) {
	switch name {
	case "HS256":
		return algorithm{method: jwt.SigningMethodHS256, hash: crypto.SHA256}, true
	case "HS384":
		return algorithm{method: jwt.SigningMethodHS384, hash: crypto.SHA384}, true
	case "HS512":
		return algorithm{method: jwt.SigningMethodHS512, hash: crypto.SHA512}, true
	case "RS256":
		return algorithm{method: jwt.SigningMethodRS256}, true
	case "RS384":
		return algorithm{method: jwt.SigningMethodRS384}, true
	case "RS512":
		return algorithm{method: jwt.SigningMethodRS512}, true
	case "PS256", "PS384", "PS512":
		return algorithm{method: pss(name)}, true
	case "ES256":
		return algorithm{method: jwt.SigningMethodES256, bits: 256}, true
	case "ES384":
		return algorithm{method: jwt.SigningMethodES384, bits: 384}, true
	case "ES512":
		return algorithm{method: jwt.SigningMethodES512, bits: 521}, true
	case "EdDSA":
		return algorithm{method: jwt.SigningMethodEdDSA}, true
	}
	return algorithm{}, false
}

// pss returns the method with a salt as long as the hash and no other (RFC 7518 section
// 3.5); golang-jwt's own accepts any length.
func pss(name string) jwt.SigningMethod {
	hash := map[string]crypto.Hash{"PS256": crypto.SHA256, "PS384": crypto.SHA384, "PS512": crypto.SHA512}[name]
	salt := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	rs := &jwt.SigningMethodRSA{Name: name, Hash: hash}
	return &jwt.SigningMethodRSAPSS{SigningMethodRSA: rs, Options: salt, VerifyOptions: salt}
}

// admits returns an error if the type or size of the key's public part does not fit the
// algorithm. Package keys makes stricter checks once, when a key is loaded.
func (a algorithm) admits(key api.Key) error {
	fits := false
	switch public := key.Public.(type) {
	case []byte:
		fits = a.hash != 0 && (len(public) >= a.hash.Size() || key.Weak && len(public) > 0)
	case *rsa.PublicKey:
		fits = a.isRSA() && public != nil && public.N != nil && public.N.BitLen() >= 2048
	case *ecdsa.PublicKey:
		fits = a.bits > 0 && public != nil && public.Curve != nil && public.Curve.Params().BitSize == a.bits
	case ed25519.PublicKey:
		fits = a.method == jwt.SigningMethodEdDSA && len(public) == ed25519.PublicKeySize
	}
	if !fits {
		return fmt.Errorf("%s: a %T of this size is not a valid key for %s", key, key.Public, key.Algorithm)
	}
	return nil
}

func (a algorithm) isRSA() bool {
	switch a.method.(type) {
	case *jwt.SigningMethodRSA, *jwt.SigningMethodRSAPSS:
		return true
	}
	return false
}
