package api_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

func TestKind(t *testing.T) {
	for kind, want := range map[api.Kind]struct {
		text          string
		valid, scheme bool
	}{
		api.NoCredential: {"none", true, false}, api.Basic: {"basic", true, false}, api.Bearer: {"bearer", true, false}, api.APIKeyKind: {"apikey", true, false},
		"hmac": {"hmac", true, true}, "aws4-hmac-sha256": {"aws4-hmac-sha256", true, true},
		"HMAC": {"HMAC", false, true}, "none": {"none", false, true}, "a b": {"a b", false, true}, "a,b": {"a,b", false, true},
		api.Kind(strings.Repeat("x", 65)): {strings.Repeat("x", 65), false, true},
	} {
		if kind.String() != want.text || kind.Valid() != want.valid || kind.IsScheme() != want.scheme {
			t.Errorf("%q: got %s, valid %v, a scheme %v; want String %v, Valid %v and IsScheme %v", kind, kind, kind.Valid(), kind.IsScheme(), want.text, want.valid, want.scheme)
		}
	}
}
