package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
)

// withEngine opens an engine as configured, with its plugins and without
// listeners: for commands that issue or judge tokens.
func withEngine(cmd *cobra.Command, do func(context.Context, *core.Engine) error) error {
	return withOffline(cmd, app.OpenOffline, do)
}

// withAdmin opens an engine without plugins: for commands that administer. It
// works beside a running server, which obeys within a second.
func withAdmin(cmd *cobra.Command, do func(context.Context, *core.Engine) error) error {
	return withOffline(cmd, app.OpenBare, do)
}

func withOffline(
	cmd *cobra.Command, open func(*config.Config, app.Options) (*app.Offline, error),
	do func(context.Context, *core.Engine) error,
) error {
	cfg, err := storedConfig(cmd)
	if err != nil {
		return err
	}
	// Tokens name the server by its address, which flags may have changed.
	var running app.Status
	if err := control.Get(cmd.Context(), cfg.Data, "/status", &running); err == nil {
		cfg.Server.Listen = running.Listen
	}
	o, err := open(cfg, app.Options{Compiler: compiler})
	if err != nil {
		return err
	}
	if err := do(cmd.Context(), o.Engine); err != nil {
		return errors.Join(err, o.Close())
	}
	// The server may give out a token before it has heard of a revocation.
	return errors.Join(o.Engine.Settle(cmd.Context()), o.Close())
}
