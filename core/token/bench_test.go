package token_test

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

func benchClaims() api.Claims {
	return api.NewClaims(
		api.Claim{Name: "iss", Value: "https://gate.example"}, api.Claim{Name: "sub", Value: "01J8Z6X9Q2W3E4R5T6Y7U8I9O0"},
		api.Claim{Name: "aud", Value: "api.example"}, api.Claim{Name: "iat", Value: int64(1_800_000_000)},
		api.Claim{Name: "exp", Value: int64(4_102_444_800)}, api.Claim{Name: "jti", Value: "q8Zr1mT3vX5yB7nC"},
		api.Claim{Name: "sid", Value: "f3K9wQ2zR6tY1uI8"}, api.Claim{Name: "gen", Value: int64(3)},
		api.Claim{Name: "roles", Value: []any{"editor", "author"}},
	)
}

// BenchmarkFirstSight measures Parse, Verify and Check of an unknown token, next to
// golang-jwt with the checks that it has.
func BenchmarkFirstSight(b *testing.B) {
	now := time.Unix(1_800_000_100, 0)
	profile := token.Profile{Issuers: []string{"https://gate.example"}, Audiences: []string{"api.example"}, Require: []string{"sub", "jti"}}
	for _, alg := range []string{"HS256", "HS512", "RS256", "PS256", "ES256", "ES384", "EdDSA"} {
		key := mustGenerate(b, alg)
		text := mustSign(b, key, benchClaims())
		verifier := token.NewVerifier(key)
		b.Run(alg+"/cardea", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := decide(verifier, text, profile, now); err != nil {
					b.Fatal(err)
				}
			}
		})
		parser := jwt.NewParser(jwt.WithValidMethods([]string{alg}), jwt.WithIssuer("https://gate.example"),
			jwt.WithAudience("api.example"), jwt.WithExpirationRequired())
		b.Run(alg+"/golang-jwt", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parser.Parse(text, func(*jwt.Token) (any, error) { return key.Public, nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	for _, alg := range []string{"HS256", "RS256", "ES256", "EdDSA"} {
		key, claims := mustGenerate(b, alg), benchClaims()
		head := []api.Claim{{Name: "typ", Value: "at+jwt"}, {Name: "kid", Value: key.ID}}
		b.Run(alg, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := token.Sign(head, claims, key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
