package token_test

import (
	"encoding/base64"
	"strings"
	"testing"
)

// decodedParts returns header and payload of a compact JWS, one after the other.
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
