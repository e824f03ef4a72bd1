package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys/internal/roca"
)

// Bounds of RSA moduli: smaller ones can be factored, larger ones only cost time.
const (
	minRSABits = 2048
	maxRSABits = 8192

	maxRSAExponent = 1<<31 - 1 // the limit of crypto/rsa
)

// check validates that the material has the algorithm's type and size and is sound.
// Keys are not checked again later.
func check(key api.Key) error {
	switch public := key.Public.(type) {
	case []byte:
		return checkHMAC(key.Algorithm, public)
	case *rsa.PublicKey:
		return checkRSA(key.Algorithm, public, key.Private)
	case *ecdsa.PublicKey:
		return checkECDSA(key.Algorithm, public, key.Private)
	case ed25519.PublicKey:
		return checkEd25519(key.Algorithm, public)
	}
	return fmt.Errorf("a %T cannot be used for signatures", key.Public)
}

func mismatch(kind, algorithm string) error {
	if family(algorithm) == "" {
		return unknownAlgorithm(algorithm)
	}
	return fmt.Errorf("%s is not a key for %s", kind, algorithm)
}

func checkHMAC(algorithm string, secret []byte) error {
	if family(algorithm) != "HS" {
		return mismatch("a shared secret", algorithm)
	}
	if len(secret) < hashSize(algorithm) {
		return &WeakSecretError{Algorithm: algorithm, Length: len(secret), Need: hashSize(algorithm)}
	}
	return nil
}

func checkRSA(algorithm string, public *rsa.PublicKey, private any) error {
	if f := family(algorithm); f != "RS" && f != "PS" {
		return mismatch("an RSA key", algorithm)
	}
	if bits := public.N.BitLen(); bits < minRSABits || bits > maxRSABits {
		return fmt.Errorf("RSA modulus of %d bits: use %d to %d", bits, minRSABits, maxRSABits)
	}
	if public.E < 3 || public.E > maxRSAExponent || public.E%2 == 0 {
		return fmt.Errorf("RSA exponent %d: use 65537", public.E)
	}
	if roca.IsWeak(public.N) {
		return errors.New("RSA key of a generator that leaks its factors (ROCA, CVE-2017-15361): make a new one")
	}
	if private, ok := private.(*rsa.PrivateKey); ok {
		return private.Validate()
	}
	return nil
}

func checkECDSA(algorithm string, public *ecdsa.PublicKey, private any) error {
	if family(algorithm) != "ES" || curve(algorithm) != public.Curve {
		return mismatch("an EC key on "+public.Params().Name, algorithm)
	}
	// ECDH rejects points that are not on the curve.
	point, err := public.ECDH()
	if err != nil {
		return fmt.Errorf("EC public key: %w", err)
	}
	if private, ok := private.(*ecdsa.PrivateKey); ok {
		scalar, err := private.ECDH()
		if err != nil || !scalar.PublicKey().Equal(point) {
			return errors.New("EC private and public key are not a pair")
		}
	}
	return nil
}

func checkEd25519(algorithm string, public ed25519.PublicKey) error {
	if algorithm != "EdDSA" {
		return mismatch("an Ed25519 key", algorithm)
	}
	if len(public) != ed25519.PublicKeySize {
		return fmt.Errorf("Ed25519 public key of %d bytes", len(public))
	}
	return nil
}
