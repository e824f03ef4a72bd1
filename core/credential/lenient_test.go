package credential

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestFromBearer accepts any text of valid length, and detects API keys.
func TestFromBearer(t *testing.T) {
	key, _, _ := newKey(t)
	for _, tc := range []struct {
		text string
		want api.Kind
	}{
		{"a", api.Bearer}, {"a b\x00é", api.Bearer}, {"a.b.c", api.Bearer}, {key, api.APIKeyKind}, {key + "0", api.Bearer},
		{strings.Repeat("a", MaxToken), api.Bearer}, {strings.Repeat("a", MaxToken+1), api.NoCredential}, {"", api.NoCredential},
	} {
		got, err := FromBearer(tc.text)
		if got.Kind != tc.want || (err == nil) != (tc.want != api.NoCredential) || err == nil && got.Text != tc.text {
			t.Errorf("FromBearer(%.40q) = %+v, %v; want kind %s and text %.40q", tc.text, got, err, tc.want, tc.text)
		}
		if err != nil && (api.CodeOf(err) != api.Unauthenticated || api.ReasonOf(err) != api.ReasonBadCredential) {
			t.Errorf("FromBearer(%.40q): got %v, want reason %q", tc.text, err, api.ReasonBadCredential)
		}
	}
}

// TestScheme: the first word, in any case, determines the kind.
func TestScheme(t *testing.T) {
	for value, want := range map[string]api.Kind{
		"Basic x": api.Basic, "bASIC": api.Basic, "Bearer a b": api.Bearer, "BEARER": api.Bearer, "apikey x": api.APIKeyKind, "ApiKey": api.APIKeyKind,
		"": api.NoCredential, " Basic x": api.NoCredential, "Basic\tx": api.NoCredential, "Basicx": api.NoCredential, "Digest Basic": api.NoCredential,
	} {
		if got := Scheme(value); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
}
