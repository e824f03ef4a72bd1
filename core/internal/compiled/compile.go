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
	"github.com/cardea-auth/cardea/core/internal/filename"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
)

// Policy is a compiled [policy.Policy]. It is immutable and shared by all requests until
// the next one replaces it.
type Policy struct {
	Source       policy.Policy // what it was compiled from, with defaults
	Tokens       policy.TokenPolicy
	Rules        *route.Table
	Files        *filename.Index // names in the rules
	indexes      *filename.Index // those of index files
	methods      []*Method
	Chain        map[api.Kind][]*Method // by kind of credential
	Schemes      []api.Kind             // Authorization schemes added by methods
	TokenFormats []TokenFormat
	Sites        sites // nested ones before those that contain them
	Hooks        *point.Hooks

	Read      func(upstream, method, path, query string) (route.Reading, error) // nil: literally
	Paths     func(rule *route.Rule, path, query string) []string               // nil: none
	Bearer    policy.BearerReader                                               // nil: strictly
	Accept    func(*api.Attempt) bool                                           // nil: all are accepted
	Override  func(upstream string, a *api.Attempt) (string, error)             // nil: no header names a method
	IgnoreBad func(*api.Attempt) bool                                           // nil: none is ignored

	Carriers   *route.Names // headers of rules and sites that carry credentials
	configured []string     // the configured protected headers
	names      atomic.Pointer[protectedNames]
	settable   route.Settable

	MaxStaleness time.Duration
	WhenStale    policy.WhenStale

	WantsDirectory bool              // whether a rule depends on the user's directory
	networked      bool              // whether directories share their users
	rereads        bool              // whether roles may differ from those in a token
	networks       map[string]string // the network of each directory, by name; "" is none

	refusesStandard bool // whether a rule or site refuses credentials in the standard header
}

// Surroundings is what Compile needs to know of the engine.
type Surroundings struct {
	Directories []users.Directory
	Networks    map[string]string         // the network of each directory, by name; "" is none
	Networked   bool                      // whether two directories are in one network
	Lend        func(*Policy) policy.Deps // returns the dependencies of the policy's methods
}

// Compile compiles and validates a policy.
func Compile(p policy.Policy, x Surroundings) (c *Policy, err error) {
	defer api.Recover("policy", "", &err) // optional methods of a directory may panic
	p = p.Clone()                         // whose lists nobody else can change
	c = &Policy{
		Tokens: p.Tokens.WithDefaults(), Hooks: p.Hooks, Read: p.Read, Override: p.Override, Paths: p.Paths, Bearer: p.Bearer, Accept: p.Accepts, IgnoreBad: p.IgnoreBadCredential,
		configured: p.ProtectedHeaders, settable: route.NewSettable(),
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
	c.Rules, c.Files = table, filename.New(table, rules, p.Scripts)
	c.indexes = c.Files.Indexes()
	c.networked, c.networks = x.Networked, x.Networks
	c.WantsDirectory = c.networked || slices.ContainsFunc(rules, func(r route.Rule) bool { return r.Directory != "" })
	c.refusesStandard = slices.ContainsFunc(rules, func(r route.Rule) bool { return r.Header.RefuseStandard })
	c.rereads = c.networked || len(p.TokenFormats) > 0 || c.Hooks.TokenClaims.Len() > 0
	in := compiling{c}
	return c, errors.Join(err, c.Tokens.Validate(), in.checkStale(), checkRules(rules, x.Directories),
		in.openMethods(p.Methods, x.Lend(c)), in.setTokenFormats(p.TokenFormats), in.setSites(p.Sites, x.Directories), in.checkProtected(rules))
}

// compiling has the steps of Compile, after which nothing calls them.
type compiling struct{ *Policy }

// checkRules refuses rules that name an unknown directory.
func checkRules(rules []route.Rule, dirs []users.Directory) error {
	for _, r := range rules {
		if r.Directory != "" && !slices.ContainsFunc(dirs, users.Named(r.Directory)) {
			return fmt.Errorf("rule %q: no directory is called %q", r.Name, r.Directory)
		}
	}
	return nil
}

func (c compiling) checkStale() error {
	switch c.WhenStale {
	case policy.StaleClosed, policy.StaleIntrospect, policy.StaleOpen:
		return nil
	}
	return fmt.Errorf("when_stale is %q, must be closed, introspect or open", c.WhenStale)
}

// checkHooks refuses Hooks that were not made by [NewHooks]: their points are nil.
func checkHooks(h *point.Hooks) error {
	v := reflect.ValueOf(h).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() && v.Field(i).IsNil() {
			return fmt.Errorf("hooks: point %s is nil: create the hooks with NewHooks", v.Type().Field(i).Name)
		}
	}
	return nil
}
