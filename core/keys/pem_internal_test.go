package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestParsePEM_blocks tests every type of block that holds a key, with and without its
// usual parts.
func TestParsePEM_blocks(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	sec1, err := x509.MarshalECPrivateKey(ec)
	must(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(ed)
	must(t, err)
	pkix, err := x509.MarshalPKIXPublicKey(&ec.PublicKey)
	must(t, err)
	certificate, err := ExportCertificate(api.Key{Private: ed, Public: ed.Public()}, "x", hours(0), hours(1))
	must(t, err)
	der, _ := pem.Decode(certificate)
	for _, tc := range []struct {
		kind, usual, also string
		bytes             []byte
		public            crypto.PublicKey
		signs             bool
	}{
		{"RSA PRIVATE KEY", "RS256", "PS384", x509.MarshalPKCS1PrivateKey(rsaKey), &rsaKey.PublicKey, true},
		{"RSA PUBLIC KEY", "RS256", "RS512", x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey), &rsaKey.PublicKey, false},
		{"EC PRIVATE KEY", "ES384", "ES384", sec1, &ec.PublicKey, true},
		{"PUBLIC KEY", "ES384", "ES384", pkix, &ec.PublicKey, false},
		{"PRIVATE KEY", "EdDSA", "EdDSA", pkcs8, ed.Public(), true},
		{"CERTIFICATE", "EdDSA", "EdDSA", der.Bytes, ed.Public(), false},
	} {
		text := pem.EncodeToMemory(&pem.Block{Type: tc.kind, Bytes: tc.bytes})
		for _, text := range [][]byte{text, append(pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: []byte{1}}), text...)} {
			key, err := ParsePEM("", "", text)
			print, _ := thumbprint(key)
			if err != nil || key.Algorithm != tc.usual || key.ID != print || print == "" || key.CanSign() != tc.signs || !key.Public.(interface{ Equal(crypto.PublicKey) bool }).Equal(tc.public) {
				t.Errorf("%s: got %v, %v; want algorithm %s and id %s", tc.kind, key, err, tc.usual, print)
			}
			if again, err := Parse(text); err != nil || again.ID != key.ID {
				t.Errorf("%s as any key: got %v, %v; want ID %v", tc.kind, again, err, key.ID)
			}
		}
		if key, err := ParsePEM("mine", tc.also, text); err != nil || key.ID != "mine" || key.Algorithm != tc.also {
			t.Errorf("%s for %s: got %v, %v; want ID \"mine\" and Algorithm %v", tc.kind, tc.also, key, err, tc.also)
		}
		if key, err := ParsePEM("", "HS256", text); err == nil || key.ID != "" {
			t.Errorf("%s for HS256: got %v, want no ID and an error", tc.kind, key)
		}
		if key, err := ParsePEM("", "", pem.EncodeToMemory(&pem.Block{Type: tc.kind, Bytes: []byte{1}})); err == nil || !strings.HasPrefix(err.Error(), "read PEM key: ") {
			t.Errorf("%s of nothing: got %v, %v; want an error that begins with %q", tc.kind, key, err, "read PEM key: ")
		}
	}
	if _, err := ParsePEM("", "", pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS"})); err == nil || !strings.Contains(err.Error(), "no key in it") {
		t.Errorf("parameters alone: got %v, want an error with %q", err, "no key in it")
	}
}

// TestSuitable: a key without alg is used for the algorithms of its type.
func TestSuitable(t *testing.T) {
	for algorithm, want := range map[string]string{
		"HS256": "HS256 HS384 HS512", "RS256": "RS256 RS384 RS512 PS256 PS384 PS512", "ES256": "ES256", "ES384": "ES384", "ES512": "ES512", "EdDSA": "EdDSA",
	} {
		key, err := Generate(algorithm, nil)
		must(t, err)
		if got := strings.Join(suitable(key.Public, Algorithms()), " "); got != want {
			t.Errorf("%s: got %s, want %s", algorithm, got, want)
		}
		if got := suitable(key.Private, nil); !slices.Equal(got, []string{algorithm}) {
			t.Errorf("%s: usual is %v", algorithm, got)
		}
		if got := suitable(key.Public, []string{"none"}); len(got) > 0 {
			t.Errorf("%s: suitable: got %v, want none", algorithm, got)
		}
	}
}
