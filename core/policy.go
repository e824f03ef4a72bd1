package core

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/token"
)

// Policy is all that a reload may replace. The zero value denies everything
// but knows no method: at least Methods is wanted.
type Policy struct {
	Methods []NamedMethod // asked in this order
	Rules   []route.Rule  // none: every path needs an identity
	Tokens  TokenPolicy
	Layouts []Layout // further layouts, in the order in which they are tried; native is always there
	Hooks   *Hooks   // nil: nothing bound
	Sites   []Site   // parts of hosts with settings of their own; none: there are none

	// TrailingSlash is the one of rules that do not say: route.SlashDistinct or
	// route.SlashSame; "" is SlashDistinct.
	TrailingSlash string

	// ProtectedHeaders are taken out of every request, in every spelling, besides
	// Cardea's own and those that hooks have declared. A Go function at
	// identity-headers can set only what is among them, or was declared there.
	ProtectedHeaders []string

	// Read, when set, tells under which method and path a request is to be found
	// in the rules, for upstreams that read others out of it: some take both from
	// the query. It is given the upstream of the rule that the request
	// line names, the canonical path and the raw query; an error refuses, and the
	// zero value is a request that stands for itself. Of several meanings each must
	// have a rule that lets the request pass. All these rules must name the same
	// upstream. What is passed on is not changed by it.
	Read func(upstream, method, path, query string) (route.Reading, error)

	// Bearer, when set, reads Authorization headers that are odd, for applications
	// with a grammar of their own; nil reads them all strictly. It does not concern
	// rules with a header of their own.
	Bearer BearerReader

	// Accepts, when set, says whether the kind of credential that a request shows
	// counts where the request goes; one that does not is a bad credential. nil:
	// all count that a method is for.
	Accepts func(*api.Attempt) bool

	// Forgives, when set, says whether a bad credential counts as none on a
	// request whose rule has on_bad_token asked and access optional; nil: on none.
	Forgives func(*api.Attempt) bool

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
	Leeway    time.Duration // how far clocks of other issuers may be off; 0 is none

	RefreshTTL   time.Duration // proposed lifetime of a refresh token that is not used; 0 is 14 days
	MaxSessions  int           // live sessions of one user; the oldest ends when there are more; 0 is 1000
	KeepOnLogout bool          // whether access tokens live on after logout until they expire
	RefuseRoles  []string      // who has one of these roles gets no token of ours by any login
	Places       []Place       // where native tokens count; none: everywhere
}

func (t TokenPolicy) withDefaults() TokenPolicy {
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

func (t TokenPolicy) validate() error {
	if t.MinTTL < time.Second || t.MinTTL > t.AccessTTL || t.AccessTTL > t.MaxTTL {
		return fmt.Errorf("token lifetimes: want 1s <= min %s <= access %s <= max %s", t.MinTTL, t.AccessTTL, t.MaxTTL)
	}
	if t.RefreshTTL < t.MinTTL || t.MaxSessions < 0 {
		return fmt.Errorf("refresh tokens: want a lifetime of at least %s, not %s, and a session limit that is not negative", t.MinTTL, t.RefreshTTL)
	}
	if t.Leeway < 0 || t.Leeway > maxLeeway {
		return fmt.Errorf("token leeway: want 0 to %s, not %s", maxLeeway, t.Leeway)
	}
	return nil
}

// remember is how long a revocation of what we issue must be known: until every
// token that it takes back has ended.
func (t TokenPolicy) remember() time.Duration { return t.MaxTTL + t.Leeway }

// maxLeeway is more than any clock that is kept should be off.
const maxLeeway = 5 * time.Minute

// policy is a Policy made ready: immutable, shared by all requests until the
// next one is swapped in.
type policy struct {
	tokens  TokenPolicy
	rules   *route.Table
	methods []*method
	chain   [api.APIKeyKind + 1][]*method // by kind of credential
	layouts []Layout
	sites   []Site // those within others first
	hooks   *Hooks

	read      func(upstream, method, path, query string) (route.Reading, error) // nil: as they are
	bearer    BearerReader                                                      // nil: strictly
	accept    func(*api.Attempt) bool                                           // nil: all
	ignoreBad func(*api.Attempt) bool                                           // nil: none

	carriers   *route.Names // of credentials, by rules and sites
	configured []string     // protected headers
	names      atomic.Pointer[protectedNames]
	settable   route.Settable

	maxStaleness time.Duration
	whenStale    WhenStale

	wantsDirectory bool              // whether it matters which directory somebody is in
	networked      bool              // whether directories share their users
	rereads        bool              // whether roles may be others than those that a token tells
	networks       map[string]string // what each shares, by name; "" is nothing

	refusesStandard bool // whether a rule or site takes no credential in the standard header
}

// method is a Method with its optional abilities looked up once.
type method struct {
	Method
	name      string // the chain's, whatever the method calls itself
	kinds     []api.Kind
	limited   bool     // whether it takes only kinds
	refuse    []string // roles
	places    []Place  // where it counts; none: everywhere
	cacheFor  time.Duration
	challenge func(*Error) string
}

func (e *Engine) compile(p Policy) (c *policy, err error) {
	defer api.Recover("policy", "", &err) // by an ability of a directory
	c = &policy{
		tokens: p.Tokens.withDefaults(), hooks: p.Hooks, read: p.Read, bearer: p.Bearer, accept: p.Accepts, ignoreBad: p.Forgives,
		configured: slices.Clone(p.ProtectedHeaders), settable: route.NewSettable(),
		maxStaleness: cmp.Or(p.MaxStaleness, 5*time.Second), whenStale: cmp.Or(p.WhenStale, StaleClosed),
	}
	if c.hooks == nil {
		c.hooks = NewHooks()
	}
	if err := checkHooks(c.hooks); err != nil {
		return nil, err
	}
	rules := p.rules()
	table, err := route.Compile(rules)
	c.rules = table
	c.networked, c.networks = e.networked(), e.networks()
	c.wantsDirectory = c.networked || slices.ContainsFunc(rules, func(r route.Rule) bool { return r.Directory != "" })
	c.refusesStandard = slices.ContainsFunc(rules, func(r route.Rule) bool { return r.Header.RefuseStandard })
	c.rereads = c.networked || len(p.Layouts) > 0 || c.hooks.TokenClaims.Len() > 0
	return c, errors.Join(err, c.tokens.validate(), c.checkStale(), e.checkRules(rules),
		c.openMethods(p.Methods, e.deps(c)), c.setLayouts(p.Layouts), c.setSites(p.Sites, e.dirs), c.checkProtected(rules))
}

// checkRules finds rules that want users of a directory which is none.
func (e *Engine) checkRules(rules []route.Rule) error {
	for _, r := range rules {
		if r.Directory != "" && !slices.ContainsFunc(e.dirs, named(r.Directory)) {
			return fmt.Errorf("rule %q: no directory is called %q", r.Name, r.Directory)
		}
	}
	return nil
}

// Lint returns warnings about rules that are good, but may not mean what they
// look like; see [route.Lint].
func (p Policy) Lint() []string { return route.Lint(p.rules()) }

// rules are the rules with the policy's defaults.
func (p Policy) rules() []route.Rule {
	if len(p.Rules) == 0 {
		return []route.Rule{{Name: "default", Path: "/**", Access: route.Required}}
	}
	rules := slices.Clone(p.Rules)
	for i := range rules {
		rules[i].TrailingSlash = cmp.Or(rules[i].TrailingSlash, p.TrailingSlash)
	}
	return rules
}

func (c *policy) checkStale() error {
	switch c.whenStale {
	case StaleClosed, StaleIntrospect, StaleOpen:
		return nil
	}
	return fmt.Errorf("when_stale %q: write closed, introspect or open", c.whenStale)
}

func (c *policy) openMethods(list []NamedMethod, deps Deps) error {
	seen := map[string]bool{}
	for _, n := range list {
		if n.Name == "" || seen[n.Name] || !fitsHeader(n.Name) || isNil(n.Opener) {
			return fmt.Errorf("method %q: every method needs a name of its own, without control characters, and an opener", n.Name)
		}
		seen[n.Name] = true
		opened, err := openOne(n, deps)
		if err != nil {
			return fmt.Errorf("open method %q: %w", n.Name, err)
		}
		m, err := newMethod(n, opened, deps.Logger)
		if err != nil {
			return fmt.Errorf("open method %q: %w", n.Name, err)
		}
		if m.places, err = checkPlaces(n.Places); err != nil {
			return fmt.Errorf("method %q: %w", n.Name, err)
		}
		c.add(m)
	}
	return nil
}

// maxCacheFor keeps every remembered success well within what the revocation log
// knows of API keys.
const maxCacheFor = apiKeyMemory / 2

func (c *policy) add(m *method) {
	m.refuse = slices.Clone(m.refuse)
	c.methods = append(c.methods, m)
	for kind := range c.chain {
		if !m.limited || slices.Contains(m.kinds, api.Kind(kind)) {
			c.chain[kind] = append(c.chain[kind], m)
		}
	}
}

func (c *policy) setLayouts(further []Layout) error {
	native := NativeLayout(c.tokens.Issuer, c.tokens.Audience...)
	native.Places = c.tokens.Places
	for _, l := range append([]Layout{native}, further...) {
		if _, taken := c.layout(l.Name); taken || l.Read == nil || l.Issuer == "" {
			return fmt.Errorf("token layout %q: wants a name of its own, an issuer and a Read function", l.Name)
		}
		err := checkLayoutName(&l)
		if err != nil {
			return fmt.Errorf("token layout %q: %w", l.Name, err)
		}
		if l.Places, err = checkPlaces(l.Places); err != nil {
			return fmt.Errorf("token layout %q: %w", l.Name, err)
		}
		l.Profile.Issuers = []string{l.Issuer}
		if l.Verifying == nil {
			l.Profile.Issuers = append(l.Profile.Issuers, c.tokens.Issuers...)
		}
		if l.NoIssuer {
			l.Profile.Issuers = nil
		}
		l.Profile.Leeway = c.tokens.Leeway
		if l.Profile.Types == nil {
			l.Profile.Types = []string{"JWT", ""}
		}
		l.Profile.MaxLifetime = cmp.Or(l.Profile.MaxLifetime, c.tokens.MaxTTL)
		if l.Verifying == nil { // others decide for themselves how long theirs live
			l.Profile.MaxLifetime = min(l.Profile.MaxLifetime, c.tokens.MaxTTL)
		}
		if len(l.Keys) > 0 {
			l.verifier = token.NewVerifier(l.Keys...)
		}
		c.layouts = append(c.layouts, l)
	}
	return nil
}

// checkLayoutName refuses names by which what is ours could be taken for a foreign
// issuer's, or one issuer's for another's.
func checkLayoutName(l *Layout) error {
	if l.Verifying != nil {
		return checkForeign(l.Name)
	}
	if strings.HasPrefix(l.Name, foreignPrefix) {
		return fmt.Errorf("names that begin with %q are those of foreign issuers", foreignPrefix)
	}
	return nil
}

// remember is how long a revocation must be known under the policy: until every token of
// any layout that it takes back has ended.
func (c *policy) remember() time.Duration {
	longest := c.tokens.MaxTTL
	for i := range c.layouts {
		longest = max(longest, c.layouts[i].Profile.MaxLifetime)
	}
	return longest + c.tokens.Leeway
}

// layout returns the layout of that name; "" is the native one.
func (c *policy) layout(name string) (*Layout, bool) {
	for i := range c.layouts {
		if c.layouts[i].Name == name || name == "" {
			return &c.layouts[i], true
		}
	}
	return nil, false
}

// challenges lists what a refused client may try (RFC 9110 section 11.6.1).
func (c *policy) challenges(cause *Error) []string {
	var list []string
	for _, m := range c.methods {
		if m.challenge == nil {
			continue
		}
		if text := m.challenge(cause); text != "" {
			list = append(list, text)
		}
	}
	return list
}
