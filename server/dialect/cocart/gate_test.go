package cocart_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

// TestGate replays the rows on routes of others through the gate.
func TestGate(t *testing.T) {
	s := suite()
	s.Methods = []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}}
	s.Rules = []route.Rule{
		{Name: "cocart", Path: "/wp-json/cocart/**", Access: route.Optional},
		{Name: "others", Path: "/**", Access: route.Public},
	}
	s.Gate = map[string]string{
		"cart_hdr_*": strict,
		"path_*":     "refused before any rule: two slashes",
	}
	dialecttest.RunGate(t, s)
}

const strict = "at the gate a header is a credential in its one form, or it is refused"
