package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/manage"
	"github.com/cardea-auth/cardea/server/state"
)

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

// lendAssertionKeys returns a function that returns the assertion key ring and its
// release: the server's ring, or if there is none, that of the data directory. Without
// create, a missing file yields a nil ring. The function is nil if a server with a store in
// memory has no ring.
func lendAssertionKeys(cfg *config.Config, own assertionKeys, readOnly bool, log *slog.Logger) func(context.Context, bool) (*keys.Ring, func(), error) {
	if own.Ring == nil && cfg.Store.Driver == "memory" {
		return nil
	}
	return func(ctx context.Context, create bool) (*keys.Ring, func(), error) {
		if own.Ring != nil {
			return own.Ring, func() {}, nil
		}
		if !create && state.IsMissing(filepath.Join(cfg.Data, state.AssertionKeysFile)) {
			return nil, nil, nil
		}
		open := state.OpenAssertionKeys
		if readOnly {
			open = state.ReadAssertionKeys
		}
		ring, err := open(ctx, cfg, log)
		if err != nil {
			return nil, nil, err
		}
		return ring, func() { ring.Close() }, nil
	}
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
