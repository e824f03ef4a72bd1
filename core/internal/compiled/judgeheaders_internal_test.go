package compiled

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/point"
)

// TestJudgeCredentialHeader: each part of custom-header's result can be invalid by itself.
func TestJudgeCredentialHeader(t *testing.T) {
	p := &Policy{Hooks: point.NewHooks(), configured: []string{"X-Tier"}}
	long := strings.Repeat("a", judge.MaxName+1)
	for name, c := range map[string]struct {
		says point.CredentialHeader
		good bool
	}{
		"the standard one":         {point.CredentialHeader{}, true},
		"another":                  {point.CredentialHeader{Name: "X-Token"}, true},
		"another, alone":           {point.CredentialHeader{Name: "X-Token", RefuseStandard: true}, true},
		"with a prefix":            {point.CredentialHeader{Name: "X-Token", Prefix: "Token"}, true},
		"the longest":              {point.CredentialHeader{Name: long[1:], Prefix: long[1:]}, true},
		"none, alone":              {point.CredentialHeader{RefuseStandard: true}, false},
		"protected":                {point.CredentialHeader{Name: "X-Tier"}, false},
		"no name of a header":      {point.CredentialHeader{Name: "X Token"}, false},
		"one that means something": {point.CredentialHeader{Name: "Cookie"}, false},
		"too long":                 {point.CredentialHeader{Name: long}, false},
		"two words":                {point.CredentialHeader{Name: "X-Token", Prefix: "a b"}, false},
		"a prefix too long":        {point.CredentialHeader{Name: "X-Token", Prefix: long}, false},
	} {
		err := p.JudgeCredentialHeader(t.Context(), nil, &c.says, true)
		if (err == nil) != c.good {
			t.Errorf("%s: got %v, want an error: %v", name, err, !c.good)
		}
		if c.says.Prefix == "" && c.says.Name != "" && err != nil && !strings.HasPrefix(err.Error(), "name ") {
			t.Errorf("%s: got %v, want an error with the name", name, err)
		}
	}
}
