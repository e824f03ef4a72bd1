package dialect

import (
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/route"
)

// Protection describes what a dialect's plugin requires of requests to its site, and the
// lifetimes of its tokens. A gateway that replaces it should be at least as strict. A zero
// field means that the plugin lacks the feature.
type Protection struct {
	// Rules are the plugin's access rules, without an upstream.
	Rules []ProtectionRule
	// Passwords are those accepted by HTTP Basic: AnyPassword, or ApplicationPassword
	// for WordPress's application passwords; "" means none.
	Passwords string
	// Mode is the only accepted kind of credential, as in the setting mode.
	Mode string
	// LoginOnly means that e-mail addresses are not accepted as user names, as with
	// login_names_only.
	LoginOnly bool
	// BindPeer means that a token is tied to its client, as with bind_peer.
	BindPeer bool
	// Foreign means that the plugin's own tokens are accepted at the mount only with
	// foreign_tokens.
	Foreign bool

	AccessLife  time.Duration // of access tokens
	RefreshLife time.Duration // of refresh tokens; 0 means none
	IssuedLife  time.Duration // of tokens already issued, if longer than AccessLife
}

// ProtectionRule is a rule with a note for its reader.
type ProtectionRule struct {
	route.Rule
	Note []string // lines
}

// The values of Passwords in [Protection], as in the method basic.
const (
	AnyPassword         = "any"
	ApplicationPassword = "application"
)

// Protector is the optional ability of a [Dialect] that replaces a plugin: it describes
// the protection that the plugin gave.
type Protector interface {
	Protection() Protection
}

// ProtectionOf returns the protection that the plugin of a dialect gives the site of a
// mount. m.Prefix is the part before the dialect's base path. A mode applies only to
// dialects with a choice of modes. ok is false for a dialect that replaces no plugin.
func ProtectionOf(o Opener, mode string, m Mount) (p Protection, ok bool, err error) {
	if c, chooses := o.(ModeChooser); chooses && mode != "" {
		o = c.WithMode(mode)
		if c, chooses = o.(ModeChooser); !chooses || c.ChosenMode() == "" {
			return p, false, fmt.Errorf("mode is %q, which accepts every kind of credential: write jwt, basic or apikey", mode)
		}
	}
	m.Prefix += o.Traits().Base
	d, err := o.Open(m)
	if err != nil {
		return p, false, err
	}
	protector, ok := d.(Protector)
	if !ok {
		return p, false, nil
	}
	return protector.Protection(), true, nil
}

// Session returns the longest time until a user of the plugin must log in again.
func (p Protection) Session() time.Duration { return max(p.AccessLife, p.RefreshLife) }

// RESTOnly returns the rules of a plugin that reads tokens only on the REST API: pages
// use WordPress's own cookies, and tokens give no access to them.
func (m Mount) RESTOnly() []ProtectionRule {
	return []ProtectionRule{
		{
			Rule: route.Rule{Name: "rest", Path: m.Base() + "/**", Access: route.Optional},
			Note: []string{"WordPress decides what the user may do, and what anonymous requests may do."},
		},
		m.Pages(),
	}
}

// Pages returns the rule for everything outside the REST API.
func (Mount) Pages() ProtectionRule {
	return ProtectionRule{
		Rule: route.Rule{Name: "site", Path: "/**", Access: route.Public},
		Note: []string{"Pages use WordPress's own cookies: the plugin reads no tokens there."},
	}
}
