package miniorange

import (
	"cmp"
	"time"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
)

var _ dialect.Protector = (*Dialect)(nil)

// Default lifetimes of the premium editions. Tokens of the free one last accessLife,
// which is too long to be kept.
const (
	premiumAccess  = time.Hour
	premiumRefresh = 14 * 24 * time.Hour
)

// beyond is a scope that no token of a mount has: a rule that requires it refuses all
// tokens.
const beyond = "beyond-wp-v2"

// Protection implements [dialect.Protector]: the plugin restricts the REST API, accepts
// one kind of credential at a time, and in its free edition accepts only login names.
func (d *Dialect) Protection() dialect.Protection {
	p := dialect.Protection{
		Rules: d.rules(), Mode: cmp.Or(d.config.Mode, dialect.JWT), LoginOnly: true,
		AccessLife: premiumAccess, RefreshLife: premiumRefresh, IssuedLife: accessLife,
	}
	if p.Mode == dialect.Basic {
		p.Passwords = dialect.AnyPassword
	}
	return p
}

func (d *Dialect) rules() []dialect.ProtectionRule {
	base := d.mount.Base()
	return []dialect.ProtectionRule{
		{
			Rule: route.Rule{Name: "wordpress", Path: base + "/wp/v2/**", Access: route.Required},
			Note: []string{
				"The plugin requires a credential for the whole REST API. That includes the block editor of",
				"wp-admin, which sends a cookie: it has to reach WordPress without the gateway.",
				"For routes that were excluded in the plugin's settings, use upstreams.wordpress.exclude.",
			},
		},
		{
			Rule: route.Rule{Name: "rest", Path: base + "/**", Access: route.Required, Scopes: []string{beyond}},
			Note: []string{
				"The free edition refuses all other routes, even with a token. If you replace a premium",
				"edition, remove the scopes: then a credential is enough.",
			},
		},
		d.mount.Pages(),
	}
}
