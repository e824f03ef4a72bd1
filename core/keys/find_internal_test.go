package keys

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestFromText_forms tests PEM, JWK and secrets, with and without id and algorithm.
func TestFromText_forms(t *testing.T) {
	const secret = "k7Qw9zR2mV5xB8nC1pL4sD6fG0hJ3tY-k7Qw9zR2mV5xB8nC1pL4sD6fG0hJ3tY-"
	jwk := `{"kid":"own",` + privateJWK + `}`
	for _, tc := range []struct{ id, algorithm, text, want string }{
		{"", "", secret, "HS256 "}, {"k", "HS512", secret, "HS512 k"}, {"", "", secret + "\r\n", "HS256 "}, {"", "RS256", secret, "error"},
		{"", "", jwk, "ES256 own"}, {"k", "", jwk, "ES256 k"}, {"", "ES256", jwk, "ES256 own"}, {"", "ES384", jwk, "error"}, {"", "", "\n" + jwk + "\n", "ES256 own"},
		{"", "ES384", `{"alg":"ES256",` + privateJWK + `}`, "error"}, {"", "", `{}`, "error"}, {"", "HS512", `{` + octJWK + `}`, "error"},
		{"", "", "-----BEGIN X-----", "error"}, {"", "", "", "error"},
	} {
		key, err := FromText(tc.id, tc.algorithm, api.Secret(tc.text))
		got := key.Algorithm + " " + key.ID
		if err != nil {
			got = "error"
		}
		if got != tc.want || err == nil && strings.HasPrefix(tc.want, "HS") && string(key.Public.([]byte)) != secret {
			t.Errorf("%+v: find: got %q, %v", tc, got, err)
		}
	}
}
