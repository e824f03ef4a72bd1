package compiled

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
)

// Policy is a [policy.Policy] made ready: immutable, shared by all requests until the
// next one is swapped in.
type Policy struct {
	Source  policy.Policy // what it was made of, with the defaults
	Tokens  policy.TokenPolicy
	Rules   *route.Table
	methods []*Method
	Chain   map[api.Kind][]*Method // by kind of credential
	Schemes []api.Kind             // of Authorization that methods bring
	Layouts []Layout
	Sites   sites // those within others first
	Hooks   *point.Hooks

	Read      func(upstream, method, path, query string) (route.Reading, error) // nil: as they are
	Bearer    policy.BearerReader                                               // nil: strictly
	Accept    func(*api.Attempt) bool                                           // nil: all
	Override  func(upstream string, a *api.Attempt) (string, error)             // nil: no header names a method
	IgnoreBad func(*api.Attempt) bool                                           // nil: none

	Carriers   *route.Names // of credentials, by rules and sites
	configured []string     // Protected headers
	names      atomic.Pointer[protectedNames]
	settable   route.Settable

	MaxStaleness time.Duration
	WhenStale    policy.WhenStale

	WantsDirectory bool              // whether it matters which directory somebody is in
	networked      bool              // whether directories share their users
	rereads        bool              // whether roles may be others than those that a token tells
	networks       map[string]string // what each shares, by name; "" is nothing

	refusesStandard bool // whether a rule or site takes no credential in the standard header
}

// Surroundings are what a policy is made ready for.
type Surroundings struct {
	Directories []users.Directory
	Networks    map[string]string         // what each directory shares with others, by name; "" is nothing
	Networked   bool                      // whether two directories are of one network
	Lend        func(*Policy) policy.Deps // what methods of the policy are lent
}

// Compile makes a policy ready, or says what is wrong with it.
func Compile(p policy.Policy, x Surroundings) (c *Policy, err error) {
	defer api.Recover("policy", "", &err) // by an ability of a directory
	c = &Policy{
		Tokens: p.Tokens.WithDefaults(), Hooks: p.Hooks, Read: p.Read, Override: p.Override, Bearer: p.Bearer, Accept: p.Accepts, IgnoreBad: p.Forgives,
		configured: slices.Clone(p.ProtectedHeaders), settable: route.NewSettable(),
		MaxStaleness: cmp.Or(p.MaxStaleness, 5*time.Second), WhenStale: cmp.Or(p.WhenStale, policy.StaleClosed),
	}
	if c.Hooks == nil {
		c.Hooks = point.NewHooks()
	}
	if err := checkHooks(c.Hooks); err != nil {
		return nil, err
	}
	rules := p.RulesOrDefault()
	c.Source = p
	c.Source.Tokens, c.Source.Hooks, c.Source.Rules = c.Tokens, c.Hooks, rules
	c.Source.MaxStaleness, c.Source.WhenStale = c.MaxStaleness, c.WhenStale
	table, err := route.Compile(rules)
	c.Rules = table
	c.networked, c.networks = x.Networked, x.Networks
	c.WantsDirectory = c.networked || slices.ContainsFunc(rules, func(r route.Rule) bool { return r.Directory != "" })
	c.refusesStandard = slices.ContainsFunc(rules, func(r route.Rule) bool { return r.Header.RefuseStandard })
	c.rereads = c.networked || len(p.Layouts) > 0 || c.Hooks.TokenClaims.Len() > 0
	return c, errors.Join(err, c.Tokens.Validate(), c.checkStale(), checkRules(rules, x.Directories),
		c.openMethods(p.Methods, x.Lend(c)), c.setLayouts(p.Layouts), c.setSites(p.Sites, x.Directories), c.checkProtected(rules))
}

// checkRules finds rules that want users of a directory which is none.
func checkRules(rules []route.Rule, dirs []users.Directory) error {
	for _, r := range rules {
		if r.Directory != "" && !slices.ContainsFunc(dirs, users.Named(r.Directory)) {
			return fmt.Errorf("rule %q: no directory is called %q", r.Name, r.Directory)
		}
	}
	return nil
}

func (c *Policy) checkStale() error {
	switch c.WhenStale {
	case policy.StaleClosed, policy.StaleIntrospect, policy.StaleOpen:
		return nil
	}
	return fmt.Errorf("when_stale %q: write closed, introspect or open", c.WhenStale)
}

// checkHooks refuses a catalogue that was not made by [NewHooks]: its points are
// nil.
func checkHooks(h *point.Hooks) error {
	v := reflect.ValueOf(h).Elem()
	for i := range v.NumField() {
		if v.Field(i).IsNil() {
			return fmt.Errorf("hooks: point %s is nil: make the catalogue with NewHooks", v.Type().Field(i).Name)
		}
	}
	return nil
}
