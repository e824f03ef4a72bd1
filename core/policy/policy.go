package policy

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/route"
)

// Policy is everything that a reload may replace. The zero value denies everything and has
// no method: set at least Methods.
type Policy struct {
	Methods      []NamedMethod // called in this order
	Rules        []route.Rule  // none: every path requires an identity
	Tokens       TokenPolicy
	TokenFormats []TokenFormat // further token formats in the order in which they are tried; native is always included
	Hooks        *point.Hooks  // nil: none

	// Application describes the upstream, as far as decisions depend on it.
	Application

	// TrailingSlash is the default for rules: route.SlashDistinct or route.SlashSame; "" is
	// SlashDistinct.
	TrailingSlash string

	// ProtectedHeaders are removed from every request, in every spelling, in addition to
	// Cardea's own and those that hooks declare. A Go function at identity-headers can set
	// only headers listed or declared.
	ProtectedHeaders []string

	// Scripts are the endings of programs, in lower case and without a dot, below which an
	// application may route by the rest of a path (PATH_INFO of CGI). A path is then also
	// judged without an ending (/admin.json as /admin), with that of a file, and as the index
	// of a directory, where a rule names it so. None: paths are taken as they are.
	Scripts []string

	MaxStaleness time.Duration // maximum age of the revocation data; 0 is 5 seconds
	WhenStale    WhenStale     // what happens if it is older; "" is StaleClosed
}

// TokenPolicy limits the tokens that the engine issues and accepts.
type TokenPolicy struct {
	Issuer    string        // iss of native tokens; "" is "cardea"
	Issuers   []string      // further issuers that auth-issuer may select
	Audience  []string      // aud of native tokens, one of which is required; omitted if empty
	AccessTTL time.Duration // proposed lifetime; 0 is 15 minutes, or MaxTTL if that is less
	MinTTL    time.Duration // shortest lifetime that a hook can set; 0 is 1 second
	MaxTTL    time.Duration // longest lifetime, issued or accepted; 0 is 30 days
	Leeway    time.Duration // maximum clock difference for all tokens; 0 is none. See [ExternalIssuer] for other issuers

	RefreshTTL   time.Duration // proposed lifetime of an unused refresh token; 0 is 14 days
	MaxSessions  int           // live sessions per user; beyond that the oldest is ended; 0 is 1000
	KeepOnLogout bool          // whether access tokens stay valid after logout until they expire
	RefuseRoles  []string      // users with one of these roles get no token of ours by any login
	Places       []Place       // where native tokens are accepted; none: everywhere
}

// WithDefaults returns the policy with defaults for its zero values.
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

// Validate returns an error if the limits contradict each other.
func (t TokenPolicy) Validate() error {
	if t.MinTTL < time.Second || t.MinTTL > t.AccessTTL || t.AccessTTL > t.MaxTTL {
		return fmt.Errorf("token lifetimes: must be 1s <= min %s <= access %s <= max %s", t.MinTTL, t.AccessTTL, t.MaxTTL)
	}
	if t.RefreshTTL < t.MinTTL || t.MaxSessions < 0 {
		return fmt.Errorf("refresh tokens: lifetime is %s, must be at least %s; the session limit is %d, must not be negative", t.RefreshTTL, t.MinTTL, t.MaxSessions)
	}
	if t.Leeway < 0 || t.Leeway > MaxLeeway {
		return fmt.Errorf("token leeway is %s, must be 0 to %s", t.Leeway, MaxLeeway)
	}
	return nil
}

// Remember returns how long a revocation of our tokens must be kept: until every affected
// token has expired.
func (t TokenPolicy) Remember() time.Duration { return t.MaxTTL + t.Leeway }

// MaxLeeway is the maximum clock difference that may be configured.
const MaxLeeway = 5 * time.Minute

// Lint returns warnings about valid rules that may not mean what they seem to; see
// [route.Lint].
func (p Policy) Lint() []string { return route.Lint(p.RulesOrDefault()) }

// RulesOrDefault returns the rules with the policy's defaults.
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

// WhenStale says what happens to requests with credentials while the engine may have missed
// recent revocations.
type WhenStale string

// The values of WhenStale. The zero value means StaleClosed.
const (
	StaleClosed     WhenStale = "closed"     // they are refused as unavailable
	StaleIntrospect WhenStale = "introspect" // the log is read during the request, which is refused if that fails
	StaleOpen       WhenStale = "open"       // they are accepted
)
