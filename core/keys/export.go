package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"github.com/cardea-auth/cardea/core/api"
)

// errNoPublicPart is returned for the public export of an HMAC secret.
var errNoPublicPart = errors.New("an HMAC secret has no public part to export")

// ExportJWK encodes the key as a JWK with kid, alg, use and the certificates: its public
// part, or all of it if private is set. An HMAC secret has no public part.
func ExportJWK(key api.Key, private bool) ([]byte, error) {
	material, err := exported(key, private)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", key, err)
	}
	out, err := jwk.FromRaw(material)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", key, err)
	}
	for name, value := range map[string]string{jwk.KeyIDKey: key.ID, jwk.AlgorithmKey: key.Algorithm, jwk.KeyUsageKey: "sig"} {
		if value == "" {
			continue
		}
		if err := out.Set(name, value); err != nil {
			return nil, fmt.Errorf("export %s: %w", key, err)
		}
	}
	if err := setChain(out, key.Chain); err != nil {
		return nil, fmt.Errorf("export %s: %w", key, err)
	}
	return json.Marshal(out)
}

// exported returns the material to export.
func exported(key api.Key, private bool) (any, error) {
	switch {
	case private && !key.CanSign():
		return nil, errors.New("it has no private part")
	case private:
		return key.Private, nil
	case isSymmetric(key):
		return nil, errNoPublicPart
	}
	return key.Public, nil
}

// ExportSet encodes the public parts of asymmetric keys as a JWK set.
func ExportSet(list []api.Key) ([]byte, error) {
	set := struct {
		Keys []json.RawMessage `json:"keys"`
	}{Keys: []json.RawMessage{}}
	for _, key := range list {
		one, err := ExportJWK(key, false)
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, one)
	}
	return json.Marshal(set)
}

// ExportPEM encodes the public key as SubjectPublicKeyInfo (RFC 7468 section 13), or if
// private is set the private key as PKCS #8 (section 10).
func ExportPEM(key api.Key, private bool) ([]byte, error) {
	if isSymmetric(key) {
		return nil, fmt.Errorf("export %s: an HMAC secret has no PEM form", key)
	}
	material, err := exported(key, private)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", key, err)
	}
	kind, marshal := "PUBLIC KEY", x509.MarshalPKIXPublicKey
	if private {
		kind, marshal = "PRIVATE KEY", x509.MarshalPKCS8PrivateKey
	}
	der, err := marshal(material)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", key, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), nil
}

// ExportCertificate returns a self-signed X.509 certificate of the key in PEM, for
// applications that accept a public key only in this form. name is the common name of
// the subject; the certificate is valid between from and until.
func ExportCertificate(key api.Key, name string, from, until time.Time) ([]byte, error) {
	signer, ok := key.Private.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("export %s: a certificate takes an asymmetric key with its private part", key)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", key, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

// thumbprint returns the RFC 7638 thumbprint: of the public part for asymmetric keys.
// That of a secret reveals no more than the tokens signed with it.
func thumbprint(key api.Key) (string, error) {
	k, err := jwk.FromRaw(key.Public)
	if err != nil {
		return "", err
	}
	sum, err := k.Thumbprint(crypto.SHA256)
	return base64.RawURLEncoding.EncodeToString(sum), err
}
