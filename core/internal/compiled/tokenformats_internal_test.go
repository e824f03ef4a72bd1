package compiled

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/policy"
)

// tokenFormatsPolicy returns a policy with a token format of each kind.
func tokenFormatsPolicy() *Policy {
	whole := func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, true, nil }
	part := func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, false, nil }
	broken := func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, true, errors.New("broken") }
	keys := func(context.Context, string, string) ([]api.Key, error) { return nil, nil }
	return &Policy{Hooks: point.NewHooks(), TokenFormats: []TokenFormat{
		{TokenFormat: policy.TokenFormat{Name: policy.NativeName, Read: whole}},
		{TokenFormat: policy.TokenFormat{Name: "number", Read: part}},
		{TokenFormat: policy.TokenFormat{Name: "broken", Read: broken}},
		{TokenFormat: policy.TokenFormat{Name: "issuer:x", Read: part, Verifying: keys}, SiteBound: true},
		{TokenFormat: policy.TokenFormat{Name: "keyed", Read: part, Keys: []api.Key{{ID: "one"}, {ID: "two"}}}, SiteBound: true},
	}}
}

// TestPolicy_tokenFormatOf tests what a credential's token format determines. A credential that
// is not a token, or whose format was removed, has none.
func TestPolicy_tokenFormatOf(t *testing.T) {
	p := tokenFormatsPolicy()
	for name, c := range map[string]struct {
		proof                 api.Proof
		foreign, anew, byRing bool
	}{
		"native":                 {api.Proof{TokenID: "t", KeyID: "k", TokenFormat: policy.NativeName}, false, false, true},
		"native, no key":         {api.Proof{TokenID: "t", TokenFormat: policy.NativeName}, false, false, false},
		"of no format":           {api.Proof{TokenID: "t", KeyID: "k"}, false, false, false},
		"no token":               {api.Proof{KeyID: "k", TokenFormat: "number"}, false, false, false},
		"an API key":             {api.Proof{APIKey: "a"}, false, false, false},
		"users by number":        {api.Proof{TokenID: "t", KeyID: "k", TokenFormat: "number"}, false, true, true},
		"not to be read":         {api.Proof{TokenID: "t", KeyID: "k", TokenFormat: "broken"}, false, true, true},
		"gone":                   {api.Proof{TokenID: "t", KeyID: "k", TokenFormat: "gone"}, false, false, false},
		"external":               {api.Proof{TokenID: "t", KeyID: "k", TokenFormat: "issuer:x"}, true, false, false},
		"external, no token":     {api.Proof{KeyID: "k", TokenFormat: "issuer:x"}, false, false, false},
		"by a key of its own":    {api.Proof{TokenID: "t", KeyID: "one", TokenFormat: "keyed"}, false, true, false},
		"by its second key":      {api.Proof{TokenID: "t", KeyID: "two", TokenFormat: "keyed"}, false, true, false},
		"by the ring, with keys": {api.Proof{TokenID: "t", KeyID: "k", TokenFormat: "keyed"}, false, true, true},
	} {
		id := &api.Identity{Proof: c.proof}
		if got := p.External(id); got != c.foreign {
			t.Errorf("%s: external %v", name, got)
		}
		if got := p.rolesAnew(id); got != c.anew {
			t.Errorf("%s: roles anew %v", name, got)
		}
		if got := p.SignedByRing(&id.Proof); got != c.byRing {
			t.Errorf("%s: by the ring %v", name, got)
		}
	}
}

// TestPolicy_end: the leeway for clocks applies only to tokens.
func TestPolicy_end(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := &Policy{}
	p.Tokens.Leeway = time.Minute
	for name, c := range map[string]struct {
		proof api.Proof
		want  time.Time
	}{
		"a token": {api.Proof{TokenID: "t", ExpiresAt: at}, at.Add(time.Minute)}, "an API key": {api.Proof{APIKey: "k", ExpiresAt: at}, at},
		"a token without an end": {api.Proof{TokenID: "t"}, time.Time{}}, "a password": {api.Proof{}, time.Time{}},
	} {
		if got := p.End(&api.Identity{Proof: c.proof}); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
