package storeerr

import (
	"errors"
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestAsked: each kind of error has one code for callers without a credential.
func TestAsked(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		err  error
		code api.Code
	}{
		"nobody":      {fmt.Errorf("x: %w", api.ErrNotFound), api.NotFound},
		"disabled":    {api.E(api.Unauthenticated, api.ReasonDisabled, "x"), api.Denied},
		"away":        {api.Wrap(api.Unavailable, "", "x", broken), api.Unavailable},
		"at fault":    {broken, api.Internal},
		"another's":   {api.E(api.Unauthenticated, api.ReasonTokenSubject, "x"), api.Unauthenticated},
		"no such key": {APIKey(api.ErrNotFound, "k"), api.NotFound},
		"revoked key": {APIKey(api.ErrConflict, "k"), api.Conflict},
		"store away":  {APIKey(broken, "k"), api.Unavailable},
		"said itself": {APIKey(api.E(api.Denied, "", "x"), "k"), api.Denied},
	} {
		if got := api.CodeOf(Asked(c.err)); got != c.code {
			t.Errorf("%s: %s, want %s", name, got, c.code)
		}
	}
	if Asked(nil) != nil || APIKey(nil, "k") != nil {
		t.Error("no error became one")
	}
}
