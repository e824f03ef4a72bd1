package app

import (
	"context"
	"log/slog"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
	"github.com/cardea-auth/cardea/server/state"
)

// deciding provides the engine and the parts of its policy.
var deciding = fx.Options(
	fx.Module("methods", fx.Provide(fx.Annotate(mount.Methods, fx.ResultTags(`group:"methods,flatten"`)))),
	fx.Module("dialects", fx.Provide(fx.Annotate(mount.Open, fx.ResultTags(`group:"dialects,flatten"`)))),
	fx.Module("issuers", fx.Provide(mount.OpenIssuers)),
	fx.Module("engine", fx.Provide(newPolicy, newFaults, newEngine)),
)

type policyIn struct {
	fx.In
	Methods  []mount.Placed[core.NamedMethod] `group:"methods"`
	Dialects []mount.Placed[mount.Mounted]    `group:"dialects"`
	Issuers  mount.IssuerFormats
	Hooks    *core.Hooks
}

func newPolicy(cfg *config.Config, in policyIn) core.Policy {
	p := core.Policy{
		Methods:     mount.Sorted(in.Methods),
		Rules:       mount.Rules(cfg),
		Application: mount.Application(cfg, mount.Sorted(in.Dialects)),
		Hooks:       in.Hooks,

		ProtectedHeaders: cfg.Server.ProtectedHeaders, Scripts: mount.Scripts(),

		MaxStaleness: cfg.Revocation.MaxStaleness.Std(),
		WhenStale:    core.WhenStale(cfg.Revocation.WhenStale),
		Tokens: core.TokenPolicy{
			Issuer: mount.Issuer(cfg), Audience: cfg.Tokens.Audience,
			AccessTTL: cfg.Tokens.AccessTTL.Std(), MinTTL: cfg.Tokens.MinTTL.Std(), MaxTTL: cfg.Tokens.MaxTTL.Std(),
			RefreshTTL: cfg.Tokens.RefreshTTL.Std(), MaxSessions: cfg.Tokens.MaxSessions, KeepOnLogout: !cfg.Revocation.On.Logout,
			RefuseRoles: cfg.Tokens.RefuseRoles, Places: mount.Places(cfg, cfg.Tokens.Sites),
		},
	}
	for _, d := range mount.Sorted(in.Dialects) {
		if l := d.Dialect.TokenFormat(); l.Name != "" { // the engine adds the native format itself
			p.TokenFormats = append(p.TokenFormats, l)
		}
	}
	p.TokenFormats = append(p.TokenFormats, in.Issuers...)
	return p
}

func newEngine(opened *cleanup, cfg *config.Config, s store.Store, dirs []users.Directory, pw *users.Passwords,
	ring *keys.Ring, p core.Policy, f *faults, o Options, log *slog.Logger,
) (*core.Engine, error) {
	upkeep := time.Duration(0)
	if o.offline {
		upkeep = -1
	}
	// No deadline: loading a long revocation log takes time.
	e, err := core.New(context.Background(), core.Config{
		Store: s, Directories: dirs, Passwords: pw, Keys: ring, Policy: p, Logger: log,
		Sessions: session.Config{Absolute: cfg.Tokens.SessionTTL.Std(), Grace: grace(cfg.Tokens.RefreshGrace.Std())},
		Guessing: throttle.After(cfg.Limits.LoginFailures), LoginsPerMinute: cfg.Limits.Logins, RefreshesPerMinute: cfg.Limits.Refreshes,
		PollEvery: cfg.Revocation.PollEvery.Std(), CacheEntries: cacheEntries(cfg.Limits.CacheEntries),
		UpkeepEvery: upkeep, PruneEvery: upkeep,
	})
	if err != nil {
		return nil, err
	}
	f.engine.Store(e)
	opened.add(e)
	state.WarnOfRevokedKeys(e, log)
	return e, nil
}

// grace converts 0, which is strict in the configuration, to -1 for the session package.
func grace(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// cacheEntries converts 0, which disables the cache, to -1 for the engine.
func cacheEntries(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

// Policy returns the policy that [New] builds from a configuration for its engine, without
// plugins and hooks. It opens no store or listener.
func Policy(cfg *config.Config) (core.Policy, error) {
	methods, err := mount.Methods(cfg)
	if err != nil {
		return core.Policy{}, err
	}
	list, err := mount.Open(cfg)
	if err != nil {
		return core.Policy{}, err
	}
	issuers, err := mount.OpenIssuers(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return core.Policy{}, err
	}
	return newPolicy(cfg, policyIn{Methods: methods, Dialects: list, Issuers: issuers}), nil
}
