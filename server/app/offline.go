package app

import (
	"context"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/state"
)

// Offline is an engine without listeners, for commands. It can be used beside a running
// server on the same store; the server sees its changes within the polling interval.
type Offline struct {
	*core.Engine
	cfg      *config.Config
	opened   *cleanup
	readOnly bool
}

// OpenOffline opens an engine with the whole configuration, including plugins, for
// commands that issue tokens or decide on requests.
func OpenOffline(cfg *config.Config, o Options) (*Offline, error) {
	return openOffline(cfg, o, fx.Options(extension, kept))
}

// OpenBare opens an engine without hooks and rules, for administration: a broken plugin
// must not prevent an operator from disabling a user.
func OpenBare(cfg *config.Config, o Options) (*Offline, error) {
	bare := *cfg
	bare.Rules, bare.Upstreams = nil, nil // nor must a broken rule
	return openOffline(&bare, o, fx.Provide(core.NewHooks))
}

func openOffline(cfg *config.Config, o Options, hooks fx.Option) (*Offline, error) {
	o.offline = true
	off := &Offline{cfg: cfg, opened: &cleanup{}, readOnly: o.ReadOnly}
	app := fx.New(options(cfg, o, off.opened), hooks, fx.Populate(&off.Engine))
	return off, closeOnError(app, off.opened)
}

// Close closes the engine, its store and its keys.
func (o *Offline) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopMargin)
	defer cancel()
	return o.opened.run(ctx)
}

// RevokedKeys returns the IDs of revoked keys that are in the key file, as after restoring
// it from an older backup than the database. Tokens signed with them are refused.
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
