package token_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/token"
)

// decodedParts returns the decoded header and payload of a compact JWS, concatenated.
func decodedParts(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	for _, part := range strings.Split(text, ".")[:2] {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(raw)
	}
	return b.String()
}

// raw signs any header and payload, even invalid ones, with hs256's secret.
func raw(header, payload string) string {
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString([]byte(payload))
	mac := hmac.New(sha256.New, hs256().Private.([]byte))
	mac.Write([]byte(signed))
	return signed + "." + enc.EncodeToString(mac.Sum(nil))
}

func mustGenerate(t testing.TB, alg string) api.Key {
	t.Helper()
	key, err := keys.Generate(alg, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func mustSign(t testing.TB, key api.Key, claims api.Claims) string {
	t.Helper()
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "kid", Value: key.ID}}, claims, key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
