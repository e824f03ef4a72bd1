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
)

// number returns an odd number of that many bits without small factors, as in a JWK.
func number(bits int) string {
	data := make([]byte, bits/8)
	rand.Read(data)
	data[0] |= 0x80
	data[len(data)-1] |= 1
	return base64.RawURLEncoding.EncodeToString(data)
}

// set returns a JWK set of n keys, each with these members and its own kid.
func set(n int, members string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"kid":"%d",%s}`, i, members)
	}
	return `{"keys":[` + strings.Join(list, ",") + `]}`
}

// privateRSA returns a well-formed private key whose factors are not prime.
func privateRSA(bits int) string {
	p, q := new(big.Int).SetBytes(raw(bits/2)), new(big.Int).SetBytes(raw(bits/2))
	text := func(x *big.Int) string { return base64.RawURLEncoding.EncodeToString(x.Bytes()) }
	return fmt.Sprintf(`"kty":"RSA","e":"AQAB","n":"%s","d":"%s","p":"%s","q":"%s"`,
		text(new(big.Int).Mul(p, q)), number(bits), text(p), text(q))
}

func raw(bits int) []byte {
	data, _ := base64.RawURLEncoding.DecodeString(number(bits))
	return data
}

// TestParseSet_hostile: a set built to be expensive is refused or parsed quickly.
func TestParseSet_hostile(t *testing.T) {
	modulus := number(2048)
	real, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	n := base64.RawURLEncoding.EncodeToString(real.N.Bytes())
	rsaKey := func(n, e string) string { return `"kty":"RSA","alg":"RS256","n":"` + n + `","e":"` + e + `"` }
	for _, c := range []struct{ name, set, want string }{
		{"the usual exponent", set(1, rsaKey(n, "AQAB")), ""},
		{"the highest exponent", set(1, rsaKey(n, "f____w")), ""},
		{"an exponent above it", set(1, rsaKey(n, "gAAAAQ")), "exponent"},
		{"an exponent of 64 bits and the usual one", set(1, rsaKey(n, "AQAAAAAAAQAB")), "exponent"},
		{"an exponent that is 0 in 64 bits", set(1, rsaKey(n, "AQAAAAAAAAAA")), "exponent"},
		{"a huge exponent", set(1, rsaKey(n, number(2_500_000))), "member e has"},
		{"huge exponents", set(100, rsaKey(modulus, number(24_000))), "exponent"},
		{"an exponent with a few zeros before it", set(1, rsaKey(n, "AAAAAAABAAE")), ""},
		{"an exponent with zeros before it", set(1, rsaKey(n, strings.Repeat("A", 400_000)+"AAEAAQ")), "member e has"},
		{"a huge modulus", set(1, rsaKey(number(2_500_000), "AQAB")), "key"},
		{"large moduli", set(128, rsaKey(number(16_384), "AQAB")), "8192"},
		{"thousands of keys", set(5000, `"kty":"oct"`), "at most 128"},
		{"private keys", set(70, privateRSA(8192)), ""},
		{"a huge private key", set(1, privateRSA(800_000)), "key"},
		{"more primes", set(1, rsaKey(n, "AQAB")+`,"oth":[{"r":"`+number(1_000_000)+`","d":"AQAB","t":"AQAB"}]`), ""},
		{"a huge point", set(1, `"kty":"EC","crv":"P-256","x":"`+number(1_000_000)+`","y":"`+number(1_000_000)+`"`), "key"},
		{"a huge Ed25519 key", set(1, `"kty":"OKP","crv":"Ed25519","x":"`+number(2_000_000)+`"`), "key"},
		{"certificates", set(1, rsaKey(n, "AQAB")+`,"x5c":[`+strings.Repeat(`"MIIB",`, 60_000)+`"MIIB"]`), ""},
		{"nested", set(1, `"kty":"oct","x":`+strings.Repeat("[", 200_000)+strings.Repeat("]", 200_000)), "depth"},
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
