package token_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// TestCheck_operands tests each condition of each check alone.
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
			t.Errorf("%q of %q: got %v, want an error: %v", tc.typ, tc.want, err, !tc.ok)
		}
	}
}

// TestDigest_parts: the digest depends on header, payload and the boundary between them.
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
