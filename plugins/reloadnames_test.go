package plugins_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestReplace_refusedName: a new version that sets a header which the point refuses is not
// loaded, and the old one stays.
func TestReplace_refusedName(t *testing.T) {
	grants := manifest.Grants{Write: []string{"header.x-tenant", "header.x-token"}}
	version := func(key string) []byte {
		g := newGuest()
		g.hook("identity-headers", g.set(key, "v"), asm.I32(abi.Continue))
		return g.Bytes()
	}
	p := load(t, plugins.Config{}, plugins.Spec{Module: version("header.x-tenant"), Grants: grants})
	point := bind(t, p, "identity-headers", plugins.Deny)
	point.CheckNames(func([]string) error { return errors.New("carries a credential") })
	if err := p.Replace(t.Context(), plugins.Spec{Module: version("header.x-token"), Grants: grants}); err == nil || !strings.Contains(err.Error(), "carries a credential") {
		t.Errorf("Replace: got %v, want an error with %q", err, "carries a credential")
	}
}
