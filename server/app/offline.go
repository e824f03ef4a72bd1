package app

import (
	"context"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/state"
)

// Offline is an engine without doors, for commands. It works beside a running
// server: both use the same store, and the server sees what was changed within
// its polling interval.
type Offline struct {
	*core.Engine
	cfg      *config.Config
	opened   *cleanup
	readOnly bool
}

// OpenOffline opens an engine with everything that is configured, plugins too:
// for commands that issue or judge.
func OpenOffline(cfg *config.Config, o Options) (*Offline, error) {
	return openOffline(cfg, o, fx.Options(extension, kept))
}

// OpenBare opens an engine with no plugin: for commands that administer. A
// broken plugin must not keep an operator from disabling a user.
func OpenBare(cfg *config.Config, o Options) (*Offline, error) {
	bare := *cfg
	bare.Rules, bare.Upstreams = nil, nil // a broken rule must not either
	return openOffline(&bare, o, fx.Provide(core.NewHooks))
}

func openOffline(cfg *config.Config, o Options, hooks fx.Option) (*Offline, error) {
	o.offline = true
	off := &Offline{cfg: cfg, opened: &cleanup{}, readOnly: o.ReadOnly}
	app := fx.New(options(cfg, o, off.opened), hooks, fx.Populate(&off.Engine))
	return off, closeOnError(app, off.opened)
}

// Close closes what was opened.
func (o *Offline) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopMargin)
	defer cancel()
	return o.opened.run(ctx)
}

// RevokedKeys returns the ids of keys in the file of keys that were revoked, as after it
// was restored from an older backup than the database: what they sign is refused.
func RevokedKeys(cfg *config.Config) ([]string, error) {
	if _, missing := state.StoreMissing(cfg); missing || cfg.Store.Driver == "memory" {
		return nil, nil
	}
	o, err := OpenBare(cfg, Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	return o.Admin().RevokedKeys(), o.Close()
}
