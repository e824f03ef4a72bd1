package keys

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/cert"
	"github.com/lestrrat-go/jwx/v2/jwk"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys/internal/certified"
)

func isPEM(data []byte) bool { return bytes.Contains(data, []byte("-----BEGIN")) }

// ExportChain encodes the certificates of a key in PEM; nil if it has none.
func ExportChain(key api.Key) (text []byte) {
	for _, der := range key.Chain {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return text
}

// setChain sets x5c.
func setChain(out jwk.Key, chain [][]byte) error {
	if len(chain) == 0 {
		return nil
	}
	var x5c cert.Chain
	for _, der := range chain {
		if err := x5c.AddString(base64.StdEncoding.EncodeToString(der)); err != nil {
			return err
		}
	}
	return out.Set(jwk.X509CertChainKey, &x5c)
}

// chainOf returns the certificates in x5c of a JWK with that key.
func chainOf(x5c json.RawMessage, material any) ([][]byte, error) {
	if x5c == nil {
		return nil, nil
	}
	var texts [][]byte // base64, not base64url
	if err := json.Unmarshal(x5c, &texts); err != nil {
		return nil, fmt.Errorf("x5c: %w", err)
	}
	var list []*x509.Certificate
	for _, der := range texts {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("x5c: %w", err)
		}
		list = append(list, c)
	}
	return certified.Chain(material, list)
}
