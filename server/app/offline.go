package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/manage"
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

// ConfiguredHooks loads the configured plugins and returns all hook points with their
// bindings.
func ConfiguredHooks(cfg *config.Config, o Options) ([]HookPoint, error) {
	list, _, err := loadedHooks(cfg, o)
	return list, err
}

// loadedHooks is like ConfiguredHooks and also returns the grants that each plugin
// requests and does not have, by the plugin's name.
func loadedHooks(cfg *config.Config, o Options) (list []HookPoint, missing map[string][]string, err error) {
	var h *core.Hooks
	var loaded *pluginSet
	opened := &cleanup{}
	if err := closeOnError(fx.New(options(cfg, o, opened), extension, forgotten, fx.Populate(&h, &loaded)), opened); err != nil {
		return nil, nil, err
	}
	defer opened.run(context.Background())
	missing = map[string][]string{}
	for name, p := range loaded.byName {
		missing[name] = p.Report().Missing
	}
	return ListHooks(h), missing, nil
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

// Manage returns the administration handler that a running server serves on its control
// socket. Changes are logged to log.
func (o *Offline) Manage(log *slog.Logger) http.Handler {
	silent := slog.New(slog.DiscardHandler)
	return manage.Handler(manage.Config{Engine: o.Engine, AssertionKeys: lendAssertionKeys(o.cfg, assertionKeys{}, o.readOnly, silent), Logger: log})
}

// ManageAssertionKeys is [Offline.Manage] for a data directory without a store: it serves the
// routes of the keys that sign assertions, and no others.
func ManageAssertionKeys(cfg *config.Config, readOnly bool, log *slog.Logger) http.Handler {
	silent := slog.New(slog.DiscardHandler)
	return manage.AssertionHandler(manage.Config{AssertionKeys: lendAssertionKeys(cfg, assertionKeys{}, readOnly, silent), Logger: log})
}

// UncalledHooks returns the plugins and program hooks bound to points that administration
// triggers, as "name at point". An engine of [OpenBare] does not call them.
func UncalledHooks(cfg *config.Config, o Options) []string {
	h := core.NewHooks()
	_ = o.bindTo(h) // the server reports this error and does not start
	administrative := []*hooks.Action[core.Event]{
		h.UserChanged, h.UserDeleted, h.APIKeyCreated, h.APIKeyRevoked, h.TokenRevoked, h.SessionEnded, h.KeyRotated,
	}
	var out []string
	for _, b := range cfg.Hooks {
		for _, p := range administrative {
			if b.Plugin != "" && b.Point == p.Name() {
				out = append(out, fmt.Sprintf("%s at %s", b.Plugin, b.Point))
			}
		}
	}
	for _, p := range administrative {
		for _, b := range p.Bindings() {
			out = append(out, fmt.Sprintf("%s at %s", b.ID, p.Name()))
		}
	}
	return out
}
