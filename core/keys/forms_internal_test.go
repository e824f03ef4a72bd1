package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cardea-auth/cardea/core/api"
)

// TestGenerate: every algorithm generates keys of its type and size, and fails without
// randomness.
func TestGenerate(t *testing.T) {
	for _, algorithm := range Algorithms() {
		if algorithm[1] == 'S' && algorithm[2:] != "256" && algorithm[0] != 'H' && algorithm[0] != 'E' {
			continue // RSA keys take time, and are all alike
		}
		key, err := Generate(algorithm, nil)
		must(t, err)
		kind := fmt.Sprintf("%T", key.Public)
		switch p := key.Public.(type) {
		case []byte:
			kind = fmt.Sprint(8 * len(p))
		case *ecdsa.PublicKey:
			kind = p.Params().Name
		}
		want := map[string]string{"RS": "*rsa.PublicKey", "PS": "*rsa.PublicKey", "HS": algorithm[2:], "Ed": "ed25519.PublicKey"}[algorithm[:2]]
		if algorithm[:2] == "ES" {
			want = map[string]string{"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}[algorithm]
		}
		if kind != want || len(key.ID) != 16 || !key.CanSign() || key.Algorithm != algorithm {
			t.Errorf("%s: got %v of %s, want %s", algorithm, key, kind, want)
		}
		if algorithm[:2] != "RS" && algorithm[:2] != "PS" {
			if usual := natural(key.Private); usual != algorithm && algorithm[:2] != "HS" || natural(key.Public) != usual {
				t.Errorf("%s: usual is %s, %s", algorithm, usual, natural(key.Public))
			}
		}
	}
	// A command reads a leading '-' as a flag.
	if key, err := Generate("HS256", iotest.DataErrReader(strings.NewReader(strings.Repeat("\xfb", 44)))); err != nil || key.ID != "e_v7-_v7-_v7-_v7" {
		t.Errorf("the id of bits that are a dash: %q, %v", key.ID, err)
	}
	broken := errors.New("broken")
	for _, algorithm := range []string{"HS256", "EdDSA"} {
		if key, err := Generate(algorithm, iotest.ErrReader(broken)); !errors.Is(err, broken) || key.Public != nil {
			t.Errorf("%s without any randomness: got %v, %v; want Public nil and error %q", algorithm, key, err, broken)
		}
		short := iotest.TimeoutReader(iotest.OneByteReader(rand.Reader)) // fails at the second read
		if key, err := Generate(algorithm, short); err == nil || key.Public != nil {
			t.Errorf("%s with too little randomness: got %v, %v; want Public nil and an error", algorithm, key, err)
		}
		after := iotest.DataErrReader(strings.NewReader("0123456789ab")) // enough for the id
		if key, err := Generate(algorithm, after); err == nil || !strings.Contains(err.Error(), "generate "+algorithm) || key.Public != nil {
			t.Errorf("%s with randomness for an id: got %v, %v; want Public nil and an error with %q", algorithm, key, err, "generate "+algorithm)
		}
	}
	if _, err := Generate("none", nil); err == nil || !strings.Contains(err.Error(), "is not offered") {
		t.Errorf("Generate(\"none\", nil) = %v, want an error with %q", err, "is not offered")
	}
}

// TestCheck refuses material that its algorithm does not use.
func TestCheck(t *testing.T) {
	small := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 2046), big.NewInt(1))
	least := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 2047), big.NewInt(1))
	most := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 8191), big.NewInt(1))
	more := new(big.Int).Lsh(most, 1)
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	forged := *other
	forged.PublicKey = p256.PublicKey
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	unsound := *rsaKey
	unsound.D = big.NewInt(3)
	for _, tc := range []struct {
		name, algorithm, want string // "" for none
		public, private       any
	}{
		{"text", "HS256", "a string cannot be used", "x", nil},
		{"nothing", "HS256", "cannot be used", nil, nil},
		{"RSA", "RS256", "", &rsa.PublicKey{N: least, E: 3}, nil}, {"RSA", "PS512", "", &rsa.PublicKey{N: most, E: 65537}, nil},
		{"RSA", "ES256", "an RSA key is not a key for ES256", &rsa.PublicKey{N: least, E: 3}, nil},
		{"RSA", "none", "is not offered", &rsa.PublicKey{N: least, E: 3}, nil},
		{"small RSA", "RS256", "RSA modulus of 2047 bits", &rsa.PublicKey{N: small, E: 3}, nil},
		{"large RSA", "RS256", "RSA modulus of 8193 bits", &rsa.PublicKey{N: more, E: 3}, nil},
		{"RSA with exponent 1", "RS256", "RSA exponent 1", &rsa.PublicKey{N: least, E: 1}, nil},
		{"RSA with exponent 2", "RS256", "RSA exponent 2", &rsa.PublicKey{N: least, E: 2}, nil},
		{"RSA with exponent 4", "RS256", "RSA exponent 4", &rsa.PublicKey{N: least, E: 4}, nil},
		{"RSA pair", "RS256", "", &rsaKey.PublicKey, rsaKey}, {"RSA that is not a pair", "RS256", "rsa", &rsaKey.PublicKey, &unsound},
		{"EC", "ES256", "", &p256.PublicKey, p256}, {"EC", "ES384", "an EC key on P-256 is not a key for ES384", &p256.PublicKey, nil},
		{"EC", "RS256", "is not a key for RS256", &p256.PublicKey, nil}, {"EC", "none", "is not offered", &p256.PublicKey, nil},
		{"EC that is not a pair", "ES256", "are not a pair", &p256.PublicKey, other}, {"EC that is not a pair", "ES256", "are not a pair", &other.PublicKey, p256},
		//lint:ignore SA1019 only the fields that are deprecated can spoil a key
		{"EC off its curve", "ES256", "EC public key", &ecdsa.PublicKey{Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)}, nil},
		//lint:ignore SA1019 as above
		{"EC without a number", "ES256", "are not a pair", &p256.PublicKey, &ecdsa.PrivateKey{PublicKey: p256.PublicKey, D: big.NewInt(0)}},
		{"Ed25519", "EdDSA", "", ed25519.PublicKey(make([]byte, 32)), nil}, {"Ed25519", "ES256", "an Ed25519 key is not a key for ES256", ed25519.PublicKey(make([]byte, 32)), nil},
		{"short Ed25519", "EdDSA", "of 31 bytes", ed25519.PublicKey(make([]byte, 31)), nil}, {"long Ed25519", "EdDSA", "of 33 bytes", ed25519.PublicKey(make([]byte, 33)), nil},
	} {
		err := check(api.Key{Algorithm: tc.algorithm, Public: tc.public, Private: tc.private})
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s for %s: got %v, want %q", tc.name, tc.algorithm, err, tc.want)
		}
	}
	for id, want := range map[string]string{"": "key without kid", "k": `key "k"`} {
		if _, err := bind(id, "HS256", []byte("x")); err == nil || !strings.HasPrefix(err.Error(), want+": ") {
			t.Errorf("%q: bind: got %v, want an error that begins with %q", id, err, want+": ")
		}
	}
}
