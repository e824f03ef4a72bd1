package revoke

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestEndsWithTokens: what also revokes API keys is kept forever.
func TestEndsWithTokens(t *testing.T) {
	for kind, want := range map[api.RevocationKind]bool{
		api.RevokeAll: false, api.RevokeClient: false, api.RevokeSubject: false,
		api.RevokeToken: true, api.RevokeSession: true, api.RevokeKey: true, api.RefreshUser: true,
	} {
		if got := endsWithTokens(api.Revocation{Kind: kind, Key: "x"}); got != want {
			t.Errorf("%s: endsWithTokens: got %v, want %v", kind, got, want)
		}
	}
	if !endsWithTokens(api.Revocation{Kind: api.RevokeSubject, Key: "x", MinGen: 1}) {
		t.Error("a generation hits no API key")
	}
}
