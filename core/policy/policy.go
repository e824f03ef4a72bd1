package policy

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/route"
)

// Policy is all that a reload may replace. The zero value denies everything
// but knows no method: at least Methods is wanted.
type Policy struct {
	Methods []NamedMethod // asked in this order
	Rules   []route.Rule  // none: every path needs an identity
	Tokens  TokenPolicy
	Layouts []Layout     // further layouts, in the order in which they are tried; native is always there
	Hooks   *point.Hooks // nil: nothing bound

	// Application is what is behind the gate, as far as decisions depend on it.
	Application

	// TrailingSlash is the one of rules that do not say: route.SlashDistinct or
	// route.SlashSame; "" is SlashDistinct.
	TrailingSlash string

	// ProtectedHeaders are taken out of every request, in every spelling, besides
	// Cardea's own and those that hooks have declared. A Go function at
	// identity-headers can set only what is among them, or was declared there.
	ProtectedHeaders []string

	MaxStaleness time.Duration // how old the knowledge of revocations may be; 0 is 5 seconds
	WhenStale    WhenStale     // what happens beyond it; "" is StaleClosed
}

// TokenPolicy bounds the tokens that the engine issues and accepts.
type TokenPolicy struct {
	Issuer    string        // iss of native tokens; "" is "cardea"
	Issuers   []string      // further issuers that auth-issuer may choose
	Audience  []string      // aud of native tokens, one of which is asked for; none leaves it out
	AccessTTL time.Duration // proposed lifetime; 0 is 15 minutes, or MaxTTL if that is less
	MinTTL    time.Duration // shortest lifetime a hook can set; 0 is 1 second
	MaxTTL    time.Duration // longest lifetime, issued or accepted; 0 is 30 days
	Leeway    time.Duration // how far clocks may be off, for all tokens; 0 is none. See [ForeignIssuer] for those of others

	RefreshTTL   time.Duration // proposed lifetime of a refresh token that is not used; 0 is 14 days
	MaxSessions  int           // live sessions of one user; the oldest ends when there are more; 0 is 1000
	KeepOnLogout bool          // whether access tokens live on after logout until they expire
	RefuseRoles  []string      // who has one of these roles gets no token of ours by any login
	Places       []Place       // where native tokens count; none: everywhere
}

// WithDefaults returns the policy with its zero values replaced.
func (t TokenPolicy) WithDefaults() TokenPolicy {
	if t.Issuer == "" {
		t.Issuer = "cardea"
	}
	if t.MinTTL == 0 {
		t.MinTTL = time.Second
	}
	if t.MaxTTL == 0 {
		t.MaxTTL = 30 * 24 * time.Hour
	}
	if t.AccessTTL == 0 {
		t.AccessTTL = min(15*time.Minute, t.MaxTTL)
	}
	if t.RefreshTTL == 0 {
		t.RefreshTTL = 14 * 24 * time.Hour
	}
	return t
}

// Validate says which bounds contradict each other; nil if none do.
func (t TokenPolicy) Validate() error {
	if t.MinTTL < time.Second || t.MinTTL > t.AccessTTL || t.AccessTTL > t.MaxTTL {
		return fmt.Errorf("token lifetimes: want 1s <= min %s <= access %s <= max %s", t.MinTTL, t.AccessTTL, t.MaxTTL)
	}
	if t.RefreshTTL < t.MinTTL || t.MaxSessions < 0 {
		return fmt.Errorf("refresh tokens: want a lifetime of at least %s, not %s, and a session limit that is not negative", t.MinTTL, t.RefreshTTL)
	}
	if t.Leeway < 0 || t.Leeway > MaxLeeway {
		return fmt.Errorf("token leeway: want 0 to %s, not %s", MaxLeeway, t.Leeway)
	}
	return nil
}

// Remember is how long a revocation of what we issue must be known: until every
// token that it takes back has ended.
func (t TokenPolicy) Remember() time.Duration { return t.MaxTTL + t.Leeway }

// MaxLeeway is more than any clock that is kept should be off.
const MaxLeeway = 5 * time.Minute

// Lint returns warnings about rules that are good, but may not mean what they
// look like; see [route.Lint].
func (p Policy) Lint() []string { return route.Lint(p.RulesOrDefault()) }

// RulesOrDefault are the rules with the policy's defaults.
func (p Policy) RulesOrDefault() []route.Rule {
	if len(p.Rules) == 0 {
		return []route.Rule{{Name: "default", Path: "/**", Access: route.Required}}
	}
	rules := slices.Clone(p.Rules)
	for i := range rules {
		rules[i].TrailingSlash = cmp.Or(rules[i].TrailingSlash, p.TrailingSlash)
	}
	return rules
}

// WhenStale says what happens to requests with credentials while the engine
// does not know of late revocations.
type WhenStale string

// What a [Policy] may say. The zero value is StaleClosed.
const (
	StaleClosed     WhenStale = "closed"     // they are refused as unavailable
	StaleIntrospect WhenStale = "introspect" // the log is read at the request; refused if that fails
	StaleOpen       WhenStale = "open"       // they are believed
)
