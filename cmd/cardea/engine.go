package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
	"github.com/cardea-auth/cardea/server/manage"
)

// withEngine opens an engine as configured, with its plugins and without
// listeners: for commands that judge tokens.
func withEngine(cmd *cobra.Command, do func(context.Context, *core.Engine) error) error {
	cfg, err := storedConfig(cmd)
	if err != nil {
		return err
	}
	// Tokens name the server by its address, which flags may have changed.
	var running app.Status
	if err := control.Get(cmd.Context(), cfg.Data, "/status", &running); err == nil {
		cfg.Server.Listen = running.Listen
	}
	return withOffline(cmd, cfg, app.OpenOffline, func(o *app.Offline) error { return do(cmd.Context(), o.Engine) })
}

// administer has a command administer what a server keeps: through the server that
// runs, else in this process, by the same handler. In this process no plugin is
// opened: a broken one must not keep an operator from disabling a user.
func administer(cmd *cobra.Command, do func(context.Context, *manage.Client) error) error {
	return manageWith(cmd, app.OpenBare, do)
}

// change is administer for commands that change something.
func change(cmd *cobra.Command, do func(context.Context, *manage.Client) error) error {
	return manageWith(cmd, openUntold(cmd), do)
}

// openUntold is app.OpenBare with a warning that names the hooks that are not told.
func openUntold(cmd *cobra.Command) opener {
	return func(cfg *config.Config, o app.Options) (*app.Offline, error) {
		if untold := app.UntoldHooks(cfg); len(untold) > 0 {
			fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: no server runs, so these hooks are not told: %s\n", strings.Join(untold, ", "))
		}
		return app.OpenBare(cfg, o)
	}
}

// opener opens an engine in this process.
type opener func(*config.Config, app.Options) (*app.Offline, error)

func manageWith(cmd *cobra.Command, open opener, do func(context.Context, *manage.Client) error) error {
	cfg, err := keptConfig(cmd)
	if err != nil {
		return err
	}
	var running app.Status
	err = control.Get(cmd.Context(), cfg.Data, "/status", &running)
	switch {
	case err == nil:
		return hinted(do(cmd.Context(), manage.NewClient(control.Transport(cfg.Data), actor(), 0)))
	case !errors.Is(err, control.ErrNoServer):
		return fmt.Errorf("%w: nothing was changed", err)
	case cfg.Store.Driver == "memory":
		return errMemory
	}
	return withOffline(cmd, cfg, open, func(o *app.Offline) error {
		return hinted(do(cmd.Context(), manage.NewClient(manage.InProcess(o.Manage()), actor(), 0)))
	})
}

func withOffline(cmd *cobra.Command, cfg *config.Config, open opener, do func(*app.Offline) error) error {
	if file, lost, err := app.LostKeys(cmd.Context(), cfg); err == nil && lost { // opening says what is wrong
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", app.LostKeysWarning(file))
	}
	o, err := open(cfg, app.Options{Compiler: compiler})
	if err != nil {
		return err
	}
	if err := do(o); err != nil {
		return errors.Join(err, o.Close())
	}
	// A server may give out a token before it has heard of a revocation.
	return errors.Join(o.Engine.Settle(cmd.Context()), o.Close())
}
