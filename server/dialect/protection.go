package dialect

import (
	"time"

	"github.com/cardea-auth/cardea/core/route"
)

// Protection is what a dialect's plugin asks of the requests to its site, and how
// long what it gives lasts: what a gate in its place must not fall behind. A zero
// field says that the plugin has no such thing.
type Protection struct {
	// Rules are what the plugin lets pass, without an upstream.
	Rules []ProtectionRule
	// Passwords are those that pass by HTTP Basic: AnyPassword, or
	// ApplicationPassword for those that WordPress itself takes; "": none.
	Passwords string
	// Mode is the one kind of credential that passes, as the setting mode names it.
	Mode string
	// LoginOnly says that an e-mail address is no user name, as login_names_only does.
	LoginOnly bool
	// BindPeer says that a token is tied to its client, as bind_peer does.
	BindPeer bool
	// Foreign says that the plugin's own tokens pass at the mount only with
	// foreign_tokens.
	Foreign bool

	AccessLife  time.Duration // of access tokens
	RefreshLife time.Duration // of refresh tokens; 0: there are none
	IssuedLife  time.Duration // of tokens that are out there, where longer than AccessLife
}

// ProtectionRule is a rule with what its reader should know.
type ProtectionRule struct {
	route.Rule
	Note []string // lines
}

// The values of Passwords in [Protection], as the method basic names them.
const (
	AnyPassword         = "any"
	ApplicationPassword = "application"
)

// Protector is the optional ability of a [Dialect] that stands in for a plugin:
// it says what a site loses with it.
type Protector interface {
	Protection() Protection
}

// Session is the longest time after which a user of the plugin logs in again.
func (p Protection) Session() time.Duration { return max(p.AccessLife, p.RefreshLife) }

// RESTOnly are the rules of a plugin that reads tokens on the REST API alone: pages
// know users by WordPress's own cookies, and no token opens them.
func (m Mount) RESTOnly() []ProtectionRule {
	return []ProtectionRule{
		{
			Rule: route.Rule{Name: "rest", Path: m.Base() + "/**", Access: route.Optional},
			Note: []string{"WordPress decides what who is asking may do, and what nobody may."},
		},
		m.Pages(),
	}
}

// Pages is the rule for all that is no route of the REST API.
func (Mount) Pages() ProtectionRule {
	return ProtectionRule{
		Rule: route.Rule{Name: "site", Path: "/**", Access: route.Public},
		Note: []string{"Pages go by WordPress's own cookies: the plugin reads no token there."},
	}
}
