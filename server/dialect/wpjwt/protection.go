package wpjwt

import (
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
)

var _ dialect.Protector = (*Dialect)(nil)

// Protection implements [dialect.Protector]: the plugin restricts no routes, and reads
// tokens also on pages.
func (*Dialect) Protection() dialect.Protection {
	return dialect.Protection{
		Rules: []dialect.ProtectionRule{{
			Rule: route.Rule{Name: "site", Path: "/**", Access: route.Optional},
			Note: []string{"A token, if there is one, must be valid; WordPress decides what its user may do."},
		}},
		Passwords: dialect.ApplicationPassword, AccessLife: lifetime,
	}
}
