package authenticate

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestPlain tests what is a credential in every grammar.
func TestPlain(t *testing.T) {
	for name, c := range map[string]struct {
		kind        api.Kind
		text, value string
		want        bool
	}{
		"a token": {api.Bearer, "a.b.c", "Bearer a.b.c", true}, "an API key": {api.APIKeyKind, "k", "Bearer k", true},
		"two parts": {api.Bearer, "a.b", "Bearer a.b", false}, "a password": {api.Basic, "a.b.c", "Bearer a.b.c", false},
		"nothing": {api.NoCredential, "a.b.c", "Bearer a.b.c", false}, "another spelling": {api.Bearer, "a.b.c", "bearer a.b.c", false},
		"another scheme": {api.APIKeyKind, "k", "ApiKey k", false},
	} {
		if got := plain(api.Credential{Kind: c.kind, Text: c.text}, c.value); got != c.want {
			t.Errorf("%s: plain: got %v, want %v", name, got, c.want)
		}
	}
}
