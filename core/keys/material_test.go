package keys_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

func TestExportPEM_readsBack(t *testing.T) {
	for _, alg := range []string{"RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA"} {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			key, err := keys.Generate(alg, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, private := range []bool{false, true} {
				text, err := keys.ExportPEM(key, private)
				if err != nil {
					t.Fatal(err)
				}
				got, err := keys.FromText(key.ID, alg, api.Secret(text))
				if err != nil {
					t.Fatal(err)
				}
				if got.CanSign() != private || !samePublic(got, key) || got.Algorithm != alg {
					t.Errorf("private %v: got %v", private, got)
				}
			}
		})
	}
}

func samePublic(a, b api.Key) bool {
	p, ok := a.Public.(interface{ Equal(x any) bool })
	if ok {
		return p.Equal(b.Public)
	}
	return fmt.Sprint(a.Public) == fmt.Sprint(b.Public)
}

func TestExportCertificate(t *testing.T) {
	key, err := keys.Generate("RS256", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := keys.ExportCertificate(key, "cardea", start, start.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
		t.Errorf("self-signature: %v", err)
	}
	if cert.Subject.CommonName != "cardea" || !cert.NotAfter.Equal(start.AddDate(1, 0, 0)) {
		t.Errorf("subject %s until %s", cert.Subject, cert.NotAfter)
	}
	back, err := keys.ParsePEM("", "RS512", text)
	if err != nil || !samePublic(back, key) || back.Algorithm != "RS512" || back.ID == "" {
		t.Errorf("read back %v, %v", back, err)
	}
}

func TestExport_refused(t *testing.T) {
	secret, _ := keys.Generate("HS256", nil)
	public, _ := keys.Generate("EdDSA", nil)
	public.Private = nil
	for name, err := range map[string]error{
		"public JWK of a secret":       second(keys.ExportJWK(secret, false)),
		"PEM of a secret":              second(keys.ExportPEM(secret, true)),
		"certificate of a secret":      second(keys.ExportCertificate(secret, "x", start, start.Add(time.Hour))),
		"private JWK of a public key":  second(keys.ExportJWK(public, true)),
		"private PEM of a public key":  second(keys.ExportPEM(public, true)),
		"JWK set with a secret inside": second(keys.ExportSet([]api.Key{secret})),
	} {
		if err == nil {
			t.Errorf("%s was exported", name)
		}
	}
	for name, err := range map[string]error{"JWK": second(keys.ExportJWK(public, true)), "PEM": second(keys.ExportPEM(public, true))} {
		if err == nil || !strings.Contains(err.Error(), "no private part") {
			t.Errorf("a %s without a private part: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestParsePEM_refused(t *testing.T) {
	key, _ := keys.Generate("ES256", nil)
	good, _ := keys.ExportPEM(key, true)
	p224, _ := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	small, _ := rsa.GenerateKey(rand.Reader, 1024)
	der := func(k any) []byte {
		b, err := x509.MarshalPKCS8PrivateKey(k)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: b})
	}
	for _, c := range []struct {
		name, alg string
		data      []byte
		want      string
	}{
		{"empty", "", nil, "no key"},
		{"not PEM", "", []byte("hello"), "not PEM"},
		{"two keys", "", bytes.Repeat(good, 2), "more than one"},
		{"text behind", "", append(bytes.Clone(good), "more"...), "not PEM"},
		{"encrypted", "", pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY"}), "decrypted"},
		{"broken", "", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}}), "asn1"},
		{"wrong curve for alg", "ES384", good, "not a key for ES384"},
		{"wrong kind for alg", "RS256", good, "not a key for RS256"},
		{"no such alg", "ES256K", good, "not offered"},
		{"curve not offered", "", der(p224), "not offered"},
		{"RSA 1024", "RS256", der(small), "1024 bits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := keys.ParsePEM("k", c.alg, c.data); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %q", err, c.want)
			}
		})
	}
}

func TestParseSet_refused(t *testing.T) {
	const oct = `{"kty":"oct","kid":"a","alg":"HS256","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"}`
	const okp = `{"kty":"OKP","kid":"b","alg":"EdDSA","crv":"Ed25519","x":"O1aytoutg5iqKaq6ohUbEqxddDyHvVU8an2XghFcFZ4"}`
	for _, c := range []struct{ name, set, want string }{
		{"sound", `{"keys":[` + oct + `]}`, ""},
		{"encryption keys are passed over", `{"keys":[` + okp + `,{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}]}`, ""},
		{"empty", `{"keys":[]}`, "no key for signatures"},
		{"null", `{"keys":null}`, "no key for signatures"},
		{"array", `[]`, "not a JSON object"},
		{"trailing data", `{"keys":[` + oct + `]}{}`, "data after"},
		{"case twin of keys", `{"KEYS":[` + oct + `]}`, `no array "keys"`},
		{"duplicate keys", `{"keys":[` + oct + `],"keys":[]}`, "duplicate member"},
		{"duplicate member of a key", `{"keys":[{"kty":"oct","alg":"none","alg":"HS256","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"}]}`, "duplicate member"},
		{"mixed", `{"keys":[` + oct + `,` + okp + `]}`, "symmetric and asymmetric"},
		{"same kid twice", `{"keys":[` + okp + `,` + okp + `]}`, "two keys"},
		{"alg none", `{"keys":[` + strings.Replace(oct, "HS256", "none", 1) + `]}`, "not offered"},
		{"alg of another kind", `{"keys":[` + strings.Replace(okp, "EdDSA", "ES256", 1) + `]}`, "not a key for ES256"},
		{"alg is not a string", `{"keys":[` + strings.Replace(okp, `"EdDSA"`, "1", 1) + `]}`, "wrong type"},
		{"too many", `{"keys":[` + strings.Repeat(oct+",", 200) + oct + `]}`, "at most 128"},
		{"too large", `{"keys":[` + strings.Repeat(" ", 1<<20) + `]}`, "at most 524288"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := keys.ParseSet([]byte(c.set))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want one about %q", err, c.want)
			}
		})
	}
}

func TestCheckSecret(t *testing.T) {
	const good api.Secret = "k7Qw9zR2mV5xB8nC1pL4sD6fG0hJ3tY-"
	for _, c := range []struct {
		alg    string
		secret api.Secret
		weak   bool
		known  bool
	}{
		{"HS256", good, false, false},
		{"HS256", good[1:], true, false},
		{"HS384", good, true, false},
		{"HS512", good + good[:31], true, false},
		{"HS512", good + "0123456789abcdefghijklmnopqrstuvw", false, false},
		{"HS256", "", true, false},
		{"HS256", "secret", true, false},
		{"HS256", "secretsecretsecretsecretsecretsecret", true, true},
		{"HS256", "a-string-secret-at-least-256-bits-long", true, true},
		{"HS256", " Put Your Unique Phrase Hereput your unique phrase here ", true, true},
		{"HS256", api.Secret(strings.Repeat("a", 64)), true, true},
		{"HS256", api.Secret(strings.Repeat("abcdefgh", 8)), true, true},
		{"HS256", api.Secret(strings.Repeat("0110", 16)), true, true},
	} {
		var weak *keys.WeakSecretError
		err := keys.CheckSecret(c.alg, c.secret)
		if got := errors.As(err, &weak); got != c.weak || c.weak && weak.Known != c.known {
			t.Errorf("%s %q: %v, want weak %v, known %v", c.alg, c.secret.Reveal(), err, c.weak, c.known)
		}
		if err != nil && c.secret != "" && len(c.secret) > 10 && strings.Contains(err.Error(), c.secret.Reveal()) {
			t.Errorf("the error contains the secret %q", c.secret.Reveal())
		}
	}
}

func TestVerifyOnly(t *testing.T) {
	key, err := keys.VerifyOnly("site", "HS256", "secret")
	if err != nil || key.CanSign() || !key.Weak {
		t.Errorf("got %v (signs %v, weak %v), %v", key, key.CanSign(), key.Weak, err)
	}
	if _, err := keys.VerifyOnly("site", "HS256", ""); err == nil {
		t.Error("an empty secret was accepted")
	}
	if _, err := keys.VerifyOnly("site", "RS256", "secret"); err == nil {
		t.Error("a secret was accepted for RS256")
	}
}

func TestFromText(t *testing.T) {
	const secret = "k7Qw9zR2mV5xB8nC1pL4sD6fG0hJ3tY-"
	key, err := keys.FromText("", "", secret+"\n")
	if err != nil || string(key.Private.([]byte)) != secret || key.Algorithm != "HS256" {
		t.Errorf("secret from a file: %v, %v", key, err)
	}
	if _, err := keys.FromText("", "HS384", `{"kty":"oct","alg":"HS256","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"}`); err == nil {
		t.Error("a JWK was bound to another algorithm than its own")
	}
	var weak *keys.WeakSecretError
	if _, err := keys.FromText("", "", `{"kty":"oct","k":"YS1zdHJpbmctc2VjcmV0LWF0LWxlYXN0LTI1Ni1iaXRzLWxvbmc"}`); !errors.As(err, &weak) {
		t.Errorf("a well-known secret as a JWK: %v, want a WeakSecretError", err)
	}
}

func FuzzParseSet(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"O1aytoutg5iqKaq6ohUbEqxddDyHvVU8an2XghFcFZ4"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","x":"t8LqVvZo0YDS9lU7Ul8RfMu5pzcKEl8tEkC21JhPyPI","y":"KewlGZGnHD0LNTayxXsSbSUH6_Fj8Mnrxg3sviQ9i8M"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := keys.ParseSet(data)
		if err != nil {
			return
		}
		for _, key := range list {
			if key.Public == nil || key.Algorithm == "" {
				t.Errorf("accepted %v without material or algorithm", key)
			}
		}
	})
}
