package keys

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// ParsePEM parses one private key (PKCS #8, PKCS #1, SEC 1), public key
// (SubjectPublicKeyInfo, PKCS #1) or the public key of a certificate. An empty
// algorithm selects the default of the key type, an empty id the RFC 7638 thumbprint.
// Dates and issuer of certificates are not checked.
func ParsePEM(id, algorithm string, data []byte) (api.Key, error) {
	block, err := onlyBlock(data)
	if err != nil {
		return api.Key{}, fmt.Errorf("read PEM key: %w", err)
	}
	material, err := parseBlock(block)
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
	return key, err
}

// onlyBlock returns the single block that holds a key. It skips the EC PARAMETERS block
// that OpenSSL writes before EC keys.
func onlyBlock(data []byte) (*pem.Block, error) {
	var found *pem.Block
	for rest := bytes.TrimSpace(data); len(rest) > 0; rest = bytes.TrimSpace(rest) {
		block, after := pem.Decode(rest)
		if block == nil {
			return nil, errors.New("not PEM, or text around it")
		}
		rest = after
		if block.Type == "EC PARAMETERS" {
			continue
		}
		if found != nil {
			return nil, errors.New("more than one block: give one key")
		}
		found = block
	}
	if found == nil {
		return nil, errors.New("no key in it")
	}
	return found, nil
}

func parseBlock(block *pem.Block) (any, error) {
	switch block.Type {
	case "PRIVATE KEY":
		return x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	case "PUBLIC KEY":
		return x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		return cert.PublicKey, nil
	}
	return nil, fmt.Errorf("a block of type %.32q holds no usable key (encrypted ones must be decrypted first)", block.Type)
}

// Parse parses one key, private or public, in PEM or JWK format.
func Parse(data []byte) (api.Key, error) {
	if bytes.Contains(data, []byte("-----BEGIN")) {
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
	list, err := parseJWK([]byte(text), wanted)
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
