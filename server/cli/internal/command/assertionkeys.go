package command

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
	"github.com/cardea-auth/cardea/server/manage"
	"github.com/cardea-auth/cardea/server/state"
)

// AssertionKeys is Administer, or Change if changes is set, for a command about the keys that
// sign assertions. They need no store: before the first start, quickstart has made them.
func AssertionKeys(cmd *cobra.Command, changes bool, do func(context.Context, *manage.Client) error) error {
	p, err := bareConfig(cmd)
	if err != nil {
		return err
	}
	alone := keysAlone(cmd.Context(), p.cfg)
	inKeys := func() error {
		return hinted(ask(cmd, app.ManageAssertionKeys(p.cfg, !changes, NewLogger(cmd, p.cfg.Log)), do))
	}
	switch {
	case alone && changes:
		return Shown(cmd, inKeys)
	case alone:
		return inKeys()
	case changes:
		return manageIn(cmd, p.cfg, func() {}, openWithWarning(cmd), Changes, do)
	}
	return manageIn(cmd, p.cfg, func() {}, app.OpenBare, Reads, do)
}

// keysAlone reports whether no server runs and the data directory has assertion keys and no
// store.
func keysAlone(ctx context.Context, cfg *config.Config) bool {
	var running app.Status
	_, missing := state.StoreMissing(cfg)
	return missing && !state.IsMissing(filepath.Join(cfg.Data, state.AssertionKeysFile)) &&
		errors.Is(control.Get(ctx, cfg.Data, "/status", &running), control.ErrNoServer)
}
