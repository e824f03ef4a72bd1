package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// generatedBits is the size of generated RSA keys: every verifier accepts it, and it is
// fast enough to sign a thousand tokens a second.
const generatedBits = 2048

// Algorithms returns the names of the supported algorithms (RFC 7518 section 3.1, RFC
// 8037), the default first.
func Algorithms() []string {
	return []string{
		"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
		"ES256", "ES384", "ES512", "EdDSA",
	}
}

// Generate creates a key for the algorithm with a random ID. random is for tests; nil
// is crypto/rand, which RSA and ECDSA always use. RSA keys have 2048 bits, HMAC secrets
// the length of the hash.
func Generate(algorithm string, random io.Reader) (api.Key, error) {
	if random == nil {
		random = rand.Reader
	}
	id := make([]byte, 12)
	if _, err := io.ReadFull(random, id); err != nil {
		return api.Key{}, fmt.Errorf("generate key: %w", err)
	}
	id[0] &= 0x7f // begins with a letter: a command reads a leading '-' as a flag
	private, err := generate(algorithm, random)
	if err != nil {
		return api.Key{}, fmt.Errorf("generate %s key: %w", algorithm, err)
	}
	return bind(base64.RawURLEncoding.EncodeToString(id), algorithm, private)
}

func generate(algorithm string, random io.Reader) (any, error) {
	switch family(algorithm) {
	case "HS":
		secret := make([]byte, hashSize(algorithm))
		_, err := io.ReadFull(random, secret)
		return secret, err
	case "RS", "PS":
		return rsa.GenerateKey(random, generatedBits)
	case "ES":
		return ecdsa.GenerateKey(curve(algorithm), random)
	case "Ed":
		_, private, err := ed25519.GenerateKey(random)
		return private, err
	}
	return nil, unknownAlgorithm(algorithm)
}

func unknownAlgorithm(name string) error {
	return fmt.Errorf("algorithm %.32q is not offered: use one of %s", name, strings.Join(Algorithms(), ", "))
}

// family returns HS, RS, PS, ES or Ed, or "" if the algorithm is not supported.
func family(algorithm string) string {
	if !slices.Contains(Algorithms(), algorithm) {
		return ""
	}
	return algorithm[:2]
}

// hashSize returns the length in bytes of the algorithm's hash.
func hashSize(algorithm string) int {
	switch strings.TrimLeft(algorithm, "HRPES") {
	case "256":
		return crypto.SHA256.Size()
	case "384":
		return crypto.SHA384.Size()
	}
	return crypto.SHA512.Size()
}

func curve(algorithm string) elliptic.Curve {
	return map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}[algorithm]
}

// natural returns the default algorithm for the key material.
func natural(material any) string {
	switch m := material.(type) {
	case *rsa.PrivateKey, *rsa.PublicKey:
		return "RS256"
	case *ecdsa.PrivateKey:
		return natural(&m.PublicKey)
	case *ecdsa.PublicKey:
		return map[elliptic.Curve]string{elliptic.P256(): "ES256", elliptic.P384(): "ES384", elliptic.P521(): "ES512"}[m.Curve]
	case ed25519.PrivateKey, ed25519.PublicKey:
		return "EdDSA"
	}
	return "HS256"
}
