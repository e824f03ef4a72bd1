package wpjwtpro

import "github.com/cardea-auth/cardea/server/dialect"

var _ dialect.Protector = (*Dialect)(nil)

// Protection implements [dialect.Protector]: the plugin restricts no routes.
func (d *Dialect) Protection() dialect.Protection {
	return dialect.Protection{
		Rules: d.mount.RESTOnly(), Passwords: dialect.ApplicationPassword, Foreign: true,
		AccessLife: accessLife, RefreshLife: refreshLife,
	}
}
