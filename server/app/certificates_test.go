package app

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/core/users"
)

// authority signs certificates of keys.
type authority struct {
	t    *testing.T
	key  api.Key
	cert *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := keys.Generate("ES256", nil)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, key: key}
	a.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert, err = x509.ParseCertificate(a.sign(a.cert, key))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *authority) sign(c *x509.Certificate, key api.Key) []byte {
	a.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, key.Public, a.key.Private.(crypto.Signer))
	if err != nil {
		a.t.Fatal(err)
	}
	return der
}

// certified returns a new key, and in PEM its private key with its chain, and its
// certificate alone.
func (a *authority) certified(algorithm, name string) (key api.Key, pair, certificate string) {
	a.t.Helper()
	key, err := keys.Generate(algorithm, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	der := a.sign(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: a.cert.NotBefore, NotAfter: a.cert.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature,
	}, key)
	certificate = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	root := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
	private, err := keys.ExportPEM(key, true)
	if err != nil {
		a.t.Fatal(err)
	}
	return key, string(private) + certificate + root, certificate
}

// verifies checks that a token is signed by the key of the first certificate, and that the
// authority has signed that for name.
func (a *authority) verifies(text, algorithm, name string, x5c [][]byte) {
	a.t.Helper()
	if len(x5c) != 2 {
		a.t.Fatalf("%s: %d certificates", name, len(x5c))
	}
	leaf, err := x509.ParseCertificate(x5c[0])
	if err != nil {
		a.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil || leaf.Subject.CommonName != name {
		a.t.Errorf("%s: the certificate of %s: %v", name, leaf.Subject, err)
	}
	parsed, err := token.Parse(text)
	if err == nil {
		_, err = parsed.Verify(api.Key{Algorithm: algorithm, Public: leaf.PublicKey})
	}
	if err != nil {
		a.t.Errorf("%s: the token %q: %v", name, text, err)
	}
}

// TestCertificates: tokens of the server and of a mount are verified with the certificates
// that stand beside their private keys, and those of an issuer with its certificate.
func TestCertificates(t *testing.T) {
	a, dir := newAuthority(t), t.TempDir()
	file := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	_, server, _ := a.certified("RS256", "server")
	_, site, _ := a.certified("RS256", "site")
	theirs, _, partner := a.certified("ES256", "partner")
	s, public, _ := start(t, load(t, fmt.Sprintf(`data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", public_url: "https://gate.example", shutdown_delay: 0s}
keys: {algorithm: RS256, file: %q}
issuers: [{name: partner, issuer: "https://id.example", audience: [gate], algorithms: [ES256], jwks_file: %q}]
mounts: [{name: auth, dialect: native}, {name: shop, dialect: miniorange, secret_file: %q}]
`, file("server.pem", server), file("partner.crt", partner), file("site.pem", site))), slog.New(slog.DiscardHandler))
	accounts, err := s.Engine().Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Password: password}, "test"); err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []struct{ X5c [][]byte } }
	getJSON(t, public+"/.well-known/jwks.json", &set)
	if len(set.Keys) != 1 {
		t.Fatalf("%d keys", len(set.Keys))
	}
	a.verifies(logIn(t, "native", public), "RS256", "server", set.Keys[0].X5c)
	var own struct{ X5c [][]byte }
	getJSON(t, public+"/wp-json/api/v1/public-key", &own)
	a.verifies(logIn(t, "miniorange", public), "RS256", "site", own.X5c)

	now := time.Now().Unix()
	claims := api.NewClaims(api.Claim{Name: "iss", Value: "https://id.example"}, api.Claim{Name: "sub", Value: "eve"}, api.Claim{Name: "aud", Value: "gate"},
		api.Claim{Name: "iat", Value: now}, api.Claim{Name: "exp", Value: now + 600})
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}, {Name: "kid", Value: "theirs"}}, claims, theirs)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := s.Engine().Verify(t.Context(), core.VerifyRequest{Token: text}); err != nil {
		t.Errorf("the issuer's token is %v's: %v", id.Login, err)
	}
}

func getJSON(t *testing.T, url string, into any) {
	t.Helper()
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
