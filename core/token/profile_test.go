package token_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// TestCheck_operands: of each check, each condition alone.
func TestCheck_operands(t *testing.T) {
	text := func(n int) string { return strings.Repeat("a", n) }
	for _, tc := range []struct {
		payload string
		profile token.Profile
		reason  string
	}{
		{`"sub":""`, token.Profile{}, api.ReasonTokenSubject}, {`"sub":"` + text(1024) + `"`, token.Profile{}, ""}, {`"sub":"` + text(1025) + `"`, token.Profile{}, api.ReasonTokenSubject},
		{`"sub":"a\nb"`, token.Profile{}, api.ReasonTokenSubject}, {`"sub":[]`, token.Profile{NumberSubject: true}, api.ReasonTokenSubject}, {`"sub":true`, token.Profile{}, api.ReasonTokenSubject},
		{`"jti":""`, token.Profile{}, api.ReasonTokenClaims}, {`"jti":"a\u0000"`, token.Profile{}, api.ReasonTokenClaims}, {`"jti":null`, token.Profile{}, api.ReasonTokenClaims}, {`"jti":"` + text(1024) + `"`, token.Profile{}, ""},
		{`"iss":"a"`, token.Profile{}, ""}, {`"iss":null`, token.Profile{}, api.ReasonTokenIssuer}, {`"iss":7`, token.Profile{Issuers: []string{"", "a"}}, api.ReasonTokenIssuer}, {`"x":1`, token.Profile{Issuers: []string{""}}, api.ReasonTokenIssuer},
		{`"iss":"a"`, token.Profile{Issuers: []string{"b"}}, api.ReasonTokenIssuer}, {`"iss":"a"`, token.Profile{Issuers: []string{"b", "a"}}, ""},
		{`"aud":"a"`, token.Profile{Audiences: []string{"b", "a"}}, ""}, {`"aud":["c","a"]`, token.Profile{Audiences: []string{"a"}}, ""}, {`"aud":["c"]`, token.Profile{Audiences: []string{"a"}}, api.ReasonTokenAudience},
		{`"aud":["a",1]`, token.Profile{Audiences: []string{"a"}}, api.ReasonTokenAudience}, {`"aud":{}`, token.Profile{}, api.ReasonTokenAudience}, {`"x":1`, token.Profile{Audiences: []string{"a"}}, api.ReasonTokenAudience}, {`"aud":[1]`, token.Profile{}, api.ReasonTokenAudience},
		{`"x":1`, token.Profile{Require: []string{"sub"}}, api.ReasonTokenSubject}, {`"x":1`, token.Profile{Require: []string{"iss"}}, api.ReasonTokenIssuer}, {`"x":1`, token.Profile{Require: []string{"aud"}}, api.ReasonTokenAudience}, {`"x":1`, token.Profile{Require: []string{"jti"}}, api.ReasonTokenClaims},
		{`"aud":""`, token.Profile{Require: []string{"aud"}}, api.ReasonTokenAudience}, {`"iss":""`, token.Profile{Require: []string{"iss"}}, api.ReasonTokenIssuer}, {`"gen":""`, token.Profile{Require: []string{"gen"}}, api.ReasonTokenClaims}, {`"gen":0`, token.Profile{Require: []string{"gen"}}, ""}, {`"gen":false`, token.Profile{Require: []string{"gen"}}, ""},
		{`"iat":-253402300799`, token.Profile{}, ""}, {`"iat":-253402300800`, token.Profile{}, api.ReasonTokenClaims}, {`"iat":-253402300799.5`, token.Profile{}, api.ReasonTokenClaims}, {`"iat":1e400`, token.Profile{}, api.ReasonTokenClaims}, {`"iat":1e2`, token.Profile{}, ""}, {`"nbf":253402300800`, token.Profile{}, api.ReasonTokenClaims},
		{`"iat":0`, token.Profile{MaxLifetime: 100 * 365 * 24 * time.Hour}, ""}, {`"x":1`, token.Profile{MaxLifetime: 1 << 62}, api.ReasonTokenLifetime}, {`"x":1`, token.Profile{MaxLifetime: -1}, ""},
	} {
		tok, err := token.Parse(raw(plainHeader, `{`+tc.payload+`,"exp":1800000060}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := tok.Check(tc.profile, time.Unix(1_800_000_000, 0)); api.ReasonOf(err) != tc.reason {
			t.Errorf("%.40s with %+v: got %v, want %q", tc.payload, tc.profile, err, tc.reason)
		}
	}
	for _, tc := range []struct {
		typ  string
		want []string
		ok   bool
	}{
		{"", []string{"application/"}, false}, {"application/a", []string{"A"}, true}, {"a", []string{"APPLICATION/a"}, true}, {"application/a/b", []string{"a/b"}, false}, {"applicatiox/a", []string{"a"}, false}, {"image/png/ab", []string{"ab"}, false},
		{"application/a/b", []string{"application/a/b"}, true}, {"x", []string{""}, false}, {"", []string{""}, true}, {"", []string{"a"}, false}, {"application/", []string{""}, false},
	} {
		tok, err := token.Parse(raw(`{"alg":"HS256","typ":"`+tc.typ+`"}`, `{"exp":1800000060}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := tok.Check(token.Profile{Types: tc.want}, time.Unix(1_800_000_000, 0)); (err == nil) != tc.ok {
			t.Errorf("%q of %q: got %v", tc.typ, tc.want, err)
		}
	}
}

// TestDigest_parts: header and payload count, and where one ends.
func TestDigest_parts(t *testing.T) {
	digest := func(header, payload string) [32]byte {
		tok, err := token.Parse(raw(header, payload))
		if err != nil {
			t.Fatal(err)
		}
		return tok.Digest()
	}
	base := digest(`{"alg":"HS256"}`, `{}`)
	if base != digest(`{"alg":"HS256"}`, `{}`) || base == digest(`{"alg":"HS256","x":1}`, `{}`) || base == digest(`{"alg":"HS256"}`, `{"x":1}`) || base == digest(`{"alg":"HS256"} `, `{}`) || digest(`{"alg":"HS256"} `, `{}`) == digest(`{"alg":"HS256"}`, ` {}`) {
		t.Error("a digest does not stand for header and payload")
	}
}

// TestVerify_unfitKeys: material of the wrong kind or size verifies nothing, whatever the
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
				t.Errorf("%s with a %T (weak: %v): got %v", tc.algorithm, tc.public, weak, err)
			}
		}
	}
	tok, err := token.Parse(raw(plainHeader, `{}`))
	if err != nil {
		t.Fatal(err)
	}
	// The refusal that came furthest is told, wherever its key stands.
	unknown, other, wrong := api.Key{Algorithm: "none"}, mustGenerate(t, "EdDSA"), mustGenerate(t, "HS256")
	for _, list := range [][]api.Key{{unknown}, {other}, {other, unknown}, {unknown, {Algorithm: "HS256"}}, {{Algorithm: "HS256"}, other}} {
		if _, err := tok.Verify(list...); api.ReasonOf(err) != api.ReasonTokenAlgorithm {
			t.Errorf("%v: got %v", list, err)
		}
	}
	for _, list := range [][]api.Key{{wrong}, {wrong, other}, {other, wrong}, {wrong, unknown}, {wrong, {Algorithm: "HS256"}}} {
		if _, err := tok.Verify(list...); api.ReasonOf(err) != api.ReasonTokenSignature {
			t.Errorf("%v: got %v", list, err)
		}
	}
}

func bytesOf(v any) []byte {
	b, _ := v.([]byte)
	return b
}
