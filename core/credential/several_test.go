package credential_test

import (
	"crypto/rand"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
)

// TestExtract_several: a request with several credentials that could be valid is refused;
// an invalid one is an error, whatever the others are.
func TestExtract_several(t *testing.T) {
	key, _, _, err := credential.NewAPIKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const basic, token = "Basic YWxpY2U6cGFzc3dvcmQ=", "Bearer aaaa.bbbb.cccc"
	for _, c := range []struct {
		name, authorization, key string
		want                     api.Code
	}{
		{"basic and key", basic, key.Reveal(), api.Invalid},
		{"token and key", token, key.Reveal(), api.Invalid},
		{"no token and key", "Bearer bad", key.Reveal(), api.Unauthenticated},
		{"token and no key", token, "cdk_bad", api.Unauthenticated},
		{"unreadable basic and key", "Basic !", key.Reveal(), api.Unauthenticated},
	} {
		h := api.Header{"Authorization": {c.authorization}, "X-Api-Key": {c.key}}
		got, err := credential.Extract(h, credential.Spec{})
		if api.CodeOf(err) != c.want || api.ReasonOf(err) != api.ReasonManyCredentials || got.Kind != api.NoCredential {
			t.Errorf("%s: got %v, %v; want %s", c.name, got.Kind, err, c.want)
		}
	}
}
