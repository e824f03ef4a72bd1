package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// deciding is the engine and what its policy is made of.
var deciding = fx.Options(
	fx.Module("methods", fx.Provide(fx.Annotate(newMethods, fx.ResultTags(`group:"methods,flatten"`)))),
	fx.Module("dialects", fx.Provide(fx.Annotate(newDialects, fx.ResultTags(`group:"dialects,flatten"`)))),
	fx.Module("issuers", fx.Provide(newForeignLayouts)),
	fx.Module("engine", fx.Provide(newPolicy, newFaults, newEngine)),
)

// placed is a member of a group with its place in the configuration.
type placed[T any] struct {
	order int
	name  string
	value T
}

// sorted puts members in order: groups arrive in any.
func sorted[T any](list []placed[T]) []T {
	list = slices.SortedStableFunc(slices.Values(list), func(a, b placed[T]) int {
		return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.name, b.name))
	})
	out := make([]T, len(list))
	for i := range list {
		out[i] = list[i].value
	}
	return out
}

func newMethods(cfg *config.Config) ([]placed[core.NamedMethod], error) {
	var list []placed[core.NamedMethod]
	var errs []error
	for i, m := range cfg.Methods {
		if m.Config == nil {
			errs = append(errs, &settingError{key: fmt.Sprintf("methods[%d]", i), err: fmt.Errorf("no method of type %q is known here", m.Type)})
			continue
		}
		list = append(list, placed[core.NamedMethod]{i, m.Name, core.NamedMethod{
			Name: m.Name, Opener: m.Config, RefuseRoles: m.RefuseRoles, Places: places(cfg, m.Sites),
		}})
	}
	return list, errors.Join(errs...)
}

// mounted is a dialect at its mount.
type mounted struct {
	mount   dialect.Mount
	dialect dialect.Dialect
	header  route.HeaderSpec // of its own for credentials
	native  bool
}

func newDialects(cfg *config.Config) ([]placed[mounted], error) {
	proxies, err := trust(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	var list []placed[mounted]
	var errs []error
	for i, m := range cfg.Mounts {
		d, err := newMounted(cfg, m, proxies)
		if err != nil {
			errs = append(errs, &settingError{fmt.Sprintf("mounts[%d]", i), m.Name, err})
			continue
		}
		list = append(list, placed[mounted]{i, m.Name, d})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return list, toldApart(cfg, list)
}

func newMounted(cfg *config.Config, m config.Mount, proxies httpauth.Trust) (mounted, error) {
	api, site, err := mountSite(cfg, m)
	if err != nil {
		return mounted{}, err
	}
	mount := dialect.Mount{
		Name: m.Name, Host: m.Host, Aliases: m.Aliases, Prefix: cmp.Or(api, m.Prefix), WordPress: site, Issuer: IssuerOf(cfg, m), Secret: m.Secret, AllowWeak: m.AllowWeakSecret,
		OnBadToken: m.OnBadToken, ErrorCodes: m.ErrorCodes, LoginErrors: m.LoginErrors, Claims: m.Claims,
		AccessLife: m.AccessLife.Std(), RefreshLife: m.RefreshLife.Std(), RateLimit: m.RateLimit,
		Foreign: m.ForeignTokens, BindPeer: m.BindPeer, Mode: mode(m), LoginOnly: m.LoginNamesOnly, Peer: proxies.Peer,
	}
	d, mount, err := dialects.Open(m.Dialect, mount)
	return mounted{mount, d, siteHeader(m), m.Dialect == "native"}, err
}

// badToken is what a rule says of a bad credential; one that leaves it to the
// mounts has them asked.
func badToken(r config.Rule) string {
	if r.OnBadToken == "mount" {
		return route.Asked
	}
	return r.OnBadToken
}

// IssuerOf is the iss of a mount's tokens.
func IssuerOf(cfg *config.Config, m config.Mount) string { return cmp.Or(m.Issuer, issuer(cfg)) }

// issuer is the iss of tokens that no mount names another for.
func issuer(cfg *config.Config) string {
	return cmp.Or(cfg.Tokens.Issuer, cfg.Server.PublicURL, "http://"+cfg.Server.Listen)
}

type policyIn struct {
	fx.In
	Methods  []placed[core.NamedMethod] `group:"methods"`
	Dialects []placed[mounted]          `group:"dialects"`
	Issuers  foreignLayouts
	Hooks    *core.Hooks
}

func newPolicy(cfg *config.Config, in policyIn) core.Policy {
	p := core.Policy{
		Methods:  sorted(in.Methods),
		Rules:    rules(cfg),
		Read:     reading(cfg),
		Bearer:   grammar(sorted(in.Dialects)),
		Accepts:  accepts(sorted(in.Dialects)),
		Forgives: forgives(sorted(in.Dialects)),
		Hooks:    in.Hooks,
		Sites:    siteSettings(cfg),

		ProtectedHeaders: cfg.Server.ProtectedHeaders,

		MaxStaleness: cfg.Revocation.MaxStaleness.Std(),
		WhenStale:    core.WhenStale(cfg.Revocation.WhenStale),
		Tokens: core.TokenPolicy{
			Issuer: issuer(cfg), Audience: cfg.Tokens.Audience,
			AccessTTL: cfg.Tokens.AccessTTL.Std(), MinTTL: cfg.Tokens.MinTTL.Std(), MaxTTL: cfg.Tokens.MaxTTL.Std(),
			RefreshTTL: cfg.Tokens.RefreshTTL.Std(), MaxSessions: cfg.Tokens.MaxSessions, KeepOnLogout: !cfg.Revocation.On.Logout,
			RefuseRoles: cfg.Tokens.RefuseRoles, Places: places(cfg, cfg.Tokens.Sites),
		},
	}
	for _, d := range sorted(in.Dialects) {
		if l := d.dialect.Layout(); l.Name != "" { // the native one is always there
			p.Layouts = append(p.Layouts, l)
		}
	}
	p.Layouts = append(p.Layouts, in.Issuers...)
	return p
}

func rules(cfg *config.Config) []route.Rule {
	list := make([]route.Rule, len(cfg.Rules))
	read := readers(cfg)
	for i, r := range cfg.Rules {
		if site, ok := read[r.Upstream]; ok {
			r.Path = site.Pattern(r.Path)
		}
		list[i] = route.Rule{
			Name: r.Name, Host: r.Host, Methods: r.Methods, Path: r.Path, Access: route.Access(r.Access),
			Roles: r.Roles, Scopes: r.Scopes, Directory: ruleDirectory(cfg, r), AcceptsFrom: r.AcceptsFrom, Upstream: r.Upstream, StreamBody: r.Body == "stream", ForwardCredential: r.ForwardCredential, OnRevoke: r.OnRevoke, OnBadToken: badToken(r),
			Header:        route.HeaderSpec{Name: r.Header.Name, Prefix: r.Header.Prefix, RefuseStandard: r.Header.RefuseStandard},
			TrailingSlash: cmp.Or(r.TrailingSlash, cfg.TrailingSlash),
		}
	}
	return append(list, exclusions(cfg, list)...)
}

// ruleDirectory is that of the rule's upstream.
func ruleDirectory(cfg *config.Config, r config.Rule) string {
	u, ok := cfg.Upstreams[r.Upstream]
	if r.Upstream == "" && len(cfg.Upstreams) == 1 {
		for _, only := range cfg.Upstreams {
			u, ok = only, true
		}
	}
	if !ok {
		return ""
	}
	return cfg.UserDirectoryOf(u)
}

func newEngine(opened *cleanup, cfg *config.Config, s store.Store, dirs []users.Directory, pw *users.Passwords,
	ring *keys.Ring, p core.Policy, f *faults, log *slog.Logger,
) (*core.Engine, error) {
	// Without a deadline: loading a long log takes as long as rows come in.
	e, err := core.New(context.Background(), core.Config{
		Store: s, Directories: dirs, Passwords: pw, Keys: ring, Policy: p, Logger: log,
		Sessions:  session.FamiliesConfig{Absolute: cfg.Tokens.SessionTTL.Std(), Grace: grace(cfg.Tokens.RefreshGrace.Std())},
		Guessing:  throttle.After(cfg.Limits.LoginFailures),
		PollEvery: cfg.Revocation.PollEvery.Std(), CacheEntries: cacheEntries(cfg.Limits.CacheEntries),
	})
	if err != nil {
		return nil, err
	}
	f.engine.Store(e)
	opened.add(e)
	warnOfRevokedKeys(e, log)
	return e, nil
}

// grace turns "0 is strict" into the families' words.
func grace(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// cacheEntries turns "0 remembers none" into the engine's words.
func cacheEntries(n int) int {
	if n == 0 {
		return -1
	}
	return n
}
