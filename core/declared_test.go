package core_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
)

// TestProtected_later: a plugin cannot declare a header that carries credentials, even
// after a reload: it would be removed from every request.
func TestProtected_later(t *testing.T) {
	hs := core.NewHooks()
	newTestEngine(t, func(c *core.Config) { c.Policy.Hooks = hs })
	for name, want := range map[string]bool{"X-Tenant": true, "X-Token": false, "x-token": false, "X_Token": false} {
		if err := hs.IdentityHeaders.MayDeclare("X-Other", name); (err == nil) != want {
			t.Errorf("%s: got %v, want that it may: %v", name, err, want)
		}
	}
}
