package token_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// TestVerify_unfitKeys: a key of the wrong type or size verifies nothing, whatever its
// algorithm says.
func TestVerify_unfitKeys(t *testing.T) {
	rs, es, ed := mustGenerate(t, "RS256"), mustGenerate(t, "ES256"), mustGenerate(t, "EdDSA")
	short := new(big.Int).Lsh(big.NewInt(1), 2046)
	for _, tc := range []struct {
		algorithm string
		public    any
	}{
		{"RS256", []byte(strings.Repeat("k", 64))}, {"HS256", []byte{}}, {"HS256", []byte("short")}, {"HS512", []byte(strings.Repeat("k", 63))}, {"EdDSA", []byte(strings.Repeat("k", 64))},
		{"ES256", rs.Public}, {"EdDSA", rs.Public}, {"HS256", rs.Public}, {"RS256", (*rsa.PublicKey)(nil)}, {"RS256", &rsa.PublicKey{}}, {"RS256", &rsa.PublicKey{N: short, E: 3}}, {"PS256", &rsa.PublicKey{N: short, E: 3}},
		{"RS256", es.Public}, {"ES384", es.Public}, {"ES256", (*ecdsa.PublicKey)(nil)}, {"ES256", &ecdsa.PublicKey{}}, {"HS256", es.Public},
		{"ES256", ed.Public}, {"RS256", ed.Public}, {"HS256", ed.Public}, {"EdDSA", ed25519.PublicKey(make([]byte, 31))}, {"EdDSA", ed25519.PublicKey(nil)}, {"HS256", nil}, {"HS256", "text"},
	} {
		tok, err := token.Parse(raw(`{"alg":"`+tc.algorithm+`"}`, `{}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, weak := range []bool{false, true} {
			if weak && tc.algorithm[:2] == "HS" && len(bytesOf(tc.public)) > 0 {
				continue
			}
			if _, err := tok.Verify(api.Key{ID: "k", Algorithm: tc.algorithm, Public: tc.public, Weak: weak}); api.ReasonOf(err) != api.ReasonTokenKey || api.CodeOf(err) != api.Unauthenticated {
				t.Errorf("%s with a %T (weak: %v): got %v, want reason %q and code %s", tc.algorithm, tc.public, weak, err, api.ReasonTokenKey, api.Unauthenticated)
			}
		}
	}
	tok, err := token.Parse(raw(plainHeader, `{}`))
	if err != nil {
		t.Fatal(err)
	}
	// The error of the key that matched most is returned, in whatever order the keys are.
	unknown, other, wrong := api.Key{Algorithm: "none"}, mustGenerate(t, "EdDSA"), mustGenerate(t, "HS256")
	for _, list := range [][]api.Key{{unknown}, {other}, {other, unknown}, {unknown, {Algorithm: "HS256"}}, {{Algorithm: "HS256"}, other}} {
		if _, err := tok.Verify(list...); api.ReasonOf(err) != api.ReasonTokenAlgorithm {
			t.Errorf("%v: Verify: got %v, want reason %q", list, err, api.ReasonTokenAlgorithm)
		}
	}
	for _, list := range [][]api.Key{{wrong}, {wrong, other}, {other, wrong}, {wrong, unknown}, {wrong, {Algorithm: "HS256"}}} {
		if _, err := tok.Verify(list...); api.ReasonOf(err) != api.ReasonTokenSignature {
			t.Errorf("%v: Verify: got %v, want reason %q", list, err, api.ReasonTokenSignature)
		}
	}
}

func bytesOf(v any) []byte {
	b, _ := v.([]byte)
	return b
}
