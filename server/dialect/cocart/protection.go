package cocart

import (
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
)

var _ dialect.Protector = (*Dialect)(nil)

// Protection implements [dialect.Protector]: the plugin restricts no routes. It accepts
// its tokens, and account passwords by Basic, only on CoCart's routes; elsewhere
// WordPress and WooCommerce check the credential.
func (d *Dialect) Protection() dialect.Protection {
	elsewhere := d.mount.Pages()
	elsewhere.ForwardCredential = true
	elsewhere.Note = []string{
		"Elsewhere the plugin reads no token: WordPress and WooCommerce go by what they are",
		"shown, such as application passwords and the keys of wc/v3.",
	}
	p := dialect.Protection{
		Rules: []dialect.ProtectionRule{{
			Rule: route.Rule{Name: "shop", Path: d.mount.Base() + "/cocart/**", Access: route.Optional},
			Note: []string{"Guests have carts; a token that is shown must be good."},
		}, elsewhere},
		Passwords: dialect.AnyPassword, BindPeer: true, AccessLife: accessLife, RefreshLife: refreshLife,
	}
	if d.first {
		p.AccessLife, p.RefreshLife = firstLife, 0
	}
	return p
}
