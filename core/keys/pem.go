package keys

import (
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys/internal/certified"
)

// ParsePEM parses one private key (PKCS #8, PKCS #1, SEC 1), public key
// (SubjectPublicKeyInfo, PKCS #1) or the public key of a certificate. Certificates, with
// or without a key, are the key's chain. An empty algorithm selects the default of the
// key type, an empty id the RFC 7638 thumbprint. Dates and issuer of certificates are
// not checked.
func ParsePEM(id, algorithm string, data []byte) (api.Key, error) {
	material, chain, err := certified.ReadPEM(data)
	if err != nil {
		return api.Key{}, fmt.Errorf("read PEM key: %w", err)
	}
	if algorithm == "" {
		algorithm = natural(material)
	}
	key, err := bind(id, algorithm, material)
	if err == nil && id == "" {
		key.ID, err = thumbprint(key)
	}
	key.Chain = chain
	return key, err
}

// parsePEMFor returns the key in PEM, as [ParsePEM], once for each of algorithms that
// suits it; nil is the default of its type. It has no ID, and so fits every kid.
func parsePEMFor(data []byte, algorithms []string) ([]api.Key, error) {
	material, chain, err := certified.ReadPEM(data)
	if err != nil {
		return nil, fmt.Errorf("read PEM key: %w", err)
	}
	list, err := bindAll(jwkHead{}, material, algorithms)
	for i := range list {
		list[i].Chain = chain
	}
	return list, err
}

// Parse parses one key, private or public, in PEM or JWK format.
func Parse(data []byte) (api.Key, error) {
	if isPEM(data) {
		return ParsePEM("", "", data)
	}
	return ParseJWK(data)
}

// FromText parses key material from a file or an environment variable: PEM, a JWK, or
// else an HMAC secret, without its trailing line end. An empty algorithm selects the
// default of the key type. Weak secrets are rejected with a [*WeakSecretError].
func FromText(id, algorithm string, text api.Secret) (api.Key, error) {
	plain := strings.TrimSpace(text.Reveal())
	if strings.HasPrefix(plain, "-----BEGIN ") {
		return ParsePEM(id, algorithm, []byte(plain))
	}
	if strings.HasPrefix(plain, "{") {
		return fromJWK(id, algorithm, plain)
	}
	if algorithm == "" {
		algorithm = "HS256"
	}
	return FromSecret(id, algorithm, api.Secret(strings.TrimRight(text.Reveal(), "\r\n")))
}

func fromJWK(id, algorithm, text string) (api.Key, error) {
	var wanted []string
	if algorithm != "" {
		wanted = []string{algorithm}
	}
	list, err := parseJWK([]byte(text), wanted, true)
	if err != nil {
		return api.Key{}, fmt.Errorf("read JWK: %w", err)
	}
	key := list[0]
	if algorithm != "" && key.Algorithm != algorithm {
		return api.Key{}, fmt.Errorf("read JWK: its alg is %s, the configuration says %s", key.Algorithm, algorithm)
	}
	if id != "" {
		key.ID = id
	}
	return key, checkOwn(key)
}
