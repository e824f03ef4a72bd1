package keys_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// certify returns a certificate of the key in PEM that the authority has signed; the
// authority may be the key itself.
func certify(t *testing.T, key, authority api.Key, name, issuer string) string {
	t.Helper()
	of := func(name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: start, NotAfter: start.AddDate(1, 0, 0),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, of(name), of(issuer), key.Public, authority.Private.(crypto.Signer))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// TestParse_certificates: a public key may be a certificate, and the certificates beside a
// key are its chain, or the file is refused.
func TestParse_certificates(t *testing.T) {
	for _, alg := range []string{"RS256", "ES256", "EdDSA"} {
		key, other, ca := generated(t, alg), generated(t, alg), generated(t, "ES384")
		private, public := exportedPEM(t, key, true), exportedPEM(t, key, false)
		own, root := certify(t, key, ca, "key", "ca"), certify(t, ca, ca, "ca", "ca")
		for name, c := range map[string]struct {
			text   string
			signs  bool
			length int
			wrong  string
		}{
			"a private key":                {text: private, signs: true},
			"a public key":                 {text: public},
			"a certificate":                {text: own, length: 1},
			"a chain":                      {text: own + root, length: 2},
			"a key and its certificate":    {text: private + own, signs: true, length: 1},
			"a certificate and its key":    {text: own + private, signs: true, length: 1},
			"a key and its chain":          {text: private + own + root, signs: true, length: 2},
			"a public key and its chain":   {text: public + own + root, length: 2},
			"with text in front":           {text: "subject=CN=key\n" + own + "\nissuer=CN=ca\n" + root, length: 2},
			"a self-signed one":            {text: private + certify(t, key, key, "key", "key"), signs: true, length: 1},
			"the chain turned round":       {text: private + root + own, wrong: "the first certificate is of another key"},
			"a certificate of another key": {text: private + certify(t, other, ca, "other", "ca"), wrong: "the first certificate is of another key"},
			"another authority":            {text: own + certify(t, other, other, "ca", "ca"), wrong: "has not signed the one before it"},
			"two keys":                     {text: private + exportedPEM(t, other, true), wrong: "more than one key"},
			"a key twice":                  {text: private + public, wrong: "more than one key"},
			"no certificate":               {text: private + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", wrong: "x509"},
			"a request for one":            {text: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", wrong: "holds no usable key"},
		} {
			got, err := keys.ParsePEM("", "", []byte(c.text))
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Errorf("%s, %s: got %v, want %q", alg, name, err, c.wrong)
				}
				continue
			}
			if err != nil || got.Algorithm != alg || got.CanSign() != c.signs || len(got.Chain) != c.length || !samePublic(got, key) {
				t.Errorf("%s, %s: got %v with %d certificates, %v", alg, name, got, len(got.Chain), err)
			}
			if text := string(keys.ExportChain(got)); c.length > 0 && !strings.HasPrefix(text, "-----BEGIN CERTIFICATE-----") || strings.Count(text, "BEGIN CERTIFICATE") != c.length {
				t.Errorf("%s, %s: the chain is exported as %q", alg, name, text)
			}
			for _, parse := range []func() ([]api.Key, error){
				func() ([]api.Key, error) { return keys.ParseSet([]byte(c.text)) },
				func() ([]api.Key, error) { return keys.ParseSetFor([]byte(c.text), []string{alg, "PS512"}) },
			} {
				if set, err := parse(); err != nil || len(set) == 0 || set[0].ID != "" || set[0].Algorithm != alg || !samePublic(set[0], key) {
					t.Errorf("%s, %s: as a set %v, %v", alg, name, set, err)
				}
			}
		}
		if set, err := keys.ParseSetFor([]byte(own), []string{"HS256"}); err == nil {
			t.Errorf("%s: a certificate is read as %v", alg, set)
		}
	}
}

// TestRing_x5c: the certificates of a key are published with it, however it was given, and
// x5c of another key is refused.
func TestRing_x5c(t *testing.T) {
	key, ca := generated(t, "RS256"), generated(t, "RS256")
	chain := certify(t, key, ca, "key", "ca") + certify(t, ca, ca, "ca", "ca")
	inPEM, err := keys.FromText("", "RS256", api.Secret(exportedPEM(t, key, true)+chain))
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := keys.ExportJWK(inPEM, true)
	if err != nil {
		t.Fatal(err)
	}
	inJWK, err := keys.FromText("", "RS256", api.Secret(jwk))
	if err != nil {
		t.Fatal(err)
	}
	for name, given := range map[string]api.Key{"PEM": inPEM, "JWK": inJWK} {
		ring := open(t, keys.Config{Given: []api.Key{given}})
		var set struct {
			Keys []struct {
				Kid string
				X5c [][]byte
				D   string
			}
		}
		if err := json.Unmarshal(ring.JWKS(), &set); err != nil || len(set.Keys) != 1 || set.Keys[0].D != "" || set.Keys[0].Kid != given.ID {
			t.Fatalf("%s: got %v, JWKS %s; want the public key %s alone", name, err, ring.JWKS(), given.ID)
		}
		var text []byte
		for _, der := range set.Keys[0].X5c {
			text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
		}
		if string(text) != chain {
			t.Errorf("%s: x5c is %s", name, text)
		}
	}
	other := generated(t, "RS256")
	other.Chain = inPEM.Chain
	if jwk, err = keys.ExportJWK(other, true); err != nil || !bytes.Contains(jwk, []byte(base64.StdEncoding.EncodeToString(inPEM.Chain[0]))) {
		t.Fatalf("ExportJWK: got %v, %s; want the first certificate in it", err, jwk)
	}
	if got, err := keys.ParseJWK(jwk); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("x5c of another key: got %v, %v; want an error with %q", got, err, "another key")
	}
}

func generated(t *testing.T, algorithm string) api.Key {
	t.Helper()
	key, err := keys.Generate(algorithm, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func exportedPEM(t *testing.T, key api.Key, private bool) string {
	t.Helper()
	text, err := keys.ExportPEM(key, private)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
