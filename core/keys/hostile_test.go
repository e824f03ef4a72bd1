package keys_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/keys/internal/jwktest"
)

// privateRSA returns a well-formed private key whose factors are not prime.
func privateRSA(bits int) string {
	p, q := new(big.Int).SetBytes(raw(bits/2)), new(big.Int).SetBytes(raw(bits/2))
	text := func(x *big.Int) string { return base64.RawURLEncoding.EncodeToString(x.Bytes()) }
	return fmt.Sprintf(`"kty":"RSA","e":"AQAB","n":"%s","d":"%s","p":"%s","q":"%s"`,
		text(new(big.Int).Mul(p, q)), jwktest.Number(bits), text(p), text(q))
}

func raw(bits int) []byte {
	data, _ := base64.RawURLEncoding.DecodeString(jwktest.Number(bits))
	return data
}

// TestParseSet_hostile: a set built to be expensive is refused or parsed quickly.
func TestParseSet_hostile(t *testing.T) {
	modulus := jwktest.Number(2048)
	real, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	n := base64.RawURLEncoding.EncodeToString(real.N.Bytes())
	rsaKey := func(n, e string) string { return `"kty":"RSA","alg":"RS256","n":"` + n + `","e":"` + e + `"` }
	for _, c := range []struct{ name, set, want string }{
		{"the usual exponent", jwktest.Set(1, rsaKey(n, "AQAB")), ""},
		{"the highest exponent", jwktest.Set(1, rsaKey(n, "f____w")), ""},
		{"an exponent above it", jwktest.Set(1, rsaKey(n, "gAAAAQ")), "exponent"},
		{"an exponent of 64 bits and the usual one", jwktest.Set(1, rsaKey(n, "AQAAAAAAAQAB")), "exponent"},
		{"an exponent that is 0 in 64 bits", jwktest.Set(1, rsaKey(n, "AQAAAAAAAAAA")), "exponent"},
		{"a huge exponent", jwktest.Set(1, rsaKey(n, jwktest.Number(2_500_000))), "member e has"},
		{"huge exponents", jwktest.Set(100, rsaKey(modulus, jwktest.Number(24_000))), "exponent"},
		{"an exponent with a few zeros before it", jwktest.Set(1, rsaKey(n, "AAAAAAABAAE")), ""},
		{"an exponent with zeros before it", jwktest.Set(1, rsaKey(n, strings.Repeat("A", 400_000)+"AAEAAQ")), "member e has"},
		{"a huge modulus", jwktest.Set(1, rsaKey(jwktest.Number(2_500_000), "AQAB")), "key"},
		{"large moduli", jwktest.Set(128, rsaKey(jwktest.Number(16_384), "AQAB")), "8192"},
		{"thousands of keys", jwktest.Set(5000, `"kty":"oct"`), "at most 128"},
		{"private keys", jwktest.Set(70, privateRSA(8192)), ""},
		{"a huge private key", jwktest.Set(1, privateRSA(800_000)), "key"},
		{"more primes", jwktest.Set(1, rsaKey(n, "AQAB")+`,"oth":[{"r":"`+jwktest.Number(1_000_000)+`","d":"AQAB","t":"AQAB"}]`), ""},
		{"a huge point", jwktest.Set(1, `"kty":"EC","crv":"P-256","x":"`+jwktest.Number(1_000_000)+`","y":"`+jwktest.Number(1_000_000)+`"`), "key"},
		{"a huge Ed25519 key", jwktest.Set(1, `"kty":"OKP","crv":"Ed25519","x":"`+jwktest.Number(2_000_000)+`"`), "key"},
		{"certificates", jwktest.Set(1, rsaKey(n, "AQAB")+`,"x5c":[`+strings.Repeat(`"MIIB",`, 60_000)+`"MIIB"]`), ""},
		{"nested", jwktest.Set(1, `"kty":"oct","x":`+strings.Repeat("[", 200_000)+strings.Repeat("]", 200_000)), "depth"},
		{"members", `{"keys":[{"kty":"oct",` + string(bytes.Repeat([]byte(`"a":1,`), 80_000)) + `"b":1}]}`, "duplicate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			_, err := keys.ParseSetFor([]byte(c.set), []string{"RS256", "PS256", "ES256", "EdDSA"})
			took := time.Since(start)
			t.Logf("%v: %d bytes: %.100v", took, len(c.set), err)
			if took > 2*time.Second {
				t.Errorf("%v for %d bytes", took, len(c.set))
			}
			if c.want == "" && err == nil || err != nil && strings.Contains(err.Error(), c.want) {
				return
			}
			t.Errorf("error %.200v, want one about %q", err, c.want)
		})
	}
}
