package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
	"github.com/cardea-auth/cardea/server/manage"
	"github.com/cardea-auth/cardea/server/state"
)

// Administer has a command read what a server keeps: through the server that runs,
// else in this process, by the same handler. In this process no plugin is opened: a
// broken one must not keep an operator from disabling a user. Nothing is written there:
// what is not there is not made.
func Administer(cmd *cobra.Command, do func(context.Context, *manage.Client) error) error {
	return manageBare(cmd, app.OpenBare, Reads, do)
}

// Change is Administer for commands that change something of what is there.
func Change(cmd *cobra.Command, do func(context.Context, *manage.Client) error) error {
	return manageBare(cmd, openUntold(cmd), Changes, do)
}

// ChangeOrCreate is Change for commands with which an empty store may begin.
func ChangeOrCreate(cmd *cobra.Command, do func(context.Context, *manage.Client) error) error {
	return manageBare(cmd, openUntold(cmd), Begins, do)
}

// openUntold is app.OpenBare with a warning that names the hooks that are not told.
func openUntold(cmd *cobra.Command) Opener {
	return func(cfg *config.Config, o app.Options) (*app.Offline, error) {
		if untold := app.UntoldHooks(cfg, AppOptions(cmd)); len(untold) > 0 {
			fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: no server runs, so these hooks are not told: %s\n", strings.Join(untold, ", "))
		}
		return app.OpenBare(cfg, o)
	}
}

// Opener opens an engine in this process.
type Opener func(*config.Config, app.Options) (*app.Offline, error)

// Access is what a command does to what is kept.
type Access int

// The kinds of access.
const (
	Reads   Access = iota // and writes nothing
	Changes               // something in a store that is there
	Begins                // also a store that was not made yet
)

// ManageWith is Administer with an Opener, for a command with that access.
func ManageWith(cmd *cobra.Command, open Opener, access Access, do func(context.Context, *manage.Client) error) error {
	cfg, err := KeptConfig(cmd)
	if err != nil {
		return err
	}
	return manageIn(cmd, cfg, open, access, do)
}

// manageBare is ManageWith for an engine that opens only what it keeps.
func manageBare(cmd *cobra.Command, open Opener, access Access, do func(context.Context, *manage.Client) error) error {
	cfg, err := bareConfig(cmd)
	if err != nil {
		return err
	}
	return manageIn(cmd, cfg, open, access, do)
}

func manageIn(cmd *cobra.Command, cfg *config.Config, open Opener, access Access, do func(context.Context, *manage.Client) error) error {
	var running app.Status
	err := control.Get(cmd.Context(), cfg.Data, "/status", &running)
	switch {
	case err == nil:
		return hinted(do(cmd.Context(), manage.NewClient(control.Transport(cfg.Data), Actor(), 0)))
	case !errors.Is(err, control.ErrNoServer):
		return unopened(cmd, cfg, access, do, fmt.Errorf("%w; nothing was done", err))
	case cfg.Store.Driver == "memory":
		return unopened(cmd, cfg, access, do, errMemory)
	}
	made, err := checkStore(cfg, access == Begins)
	if err != nil {
		return unopened(cmd, cfg, access, do, err)
	}
	o, err := openStored(cmd, cfg, tellMade(cmd, made, open), access == Reads)
	if err != nil {
		return unopened(cmd, cfg, access, do, err)
	}
	return with(cmd, o, func() error { return hinted(ask(cmd, o.Manage(NewLogger(cmd, cfg.Log)), do)) })
}

// ask has a command ask a handler in this process.
func ask(cmd *cobra.Command, h http.Handler, do func(context.Context, *manage.Client) error) error {
	return do(cmd.Context(), manage.NewClient(manage.InProcess(h), Actor(), 0))
}

// unopened returns why the command has nothing to work on, and logs the change that it
// would have made as a server logs one that failed.
func unopened(cmd *cobra.Command, cfg *config.Config, access Access, do func(context.Context, *manage.Client) error, cause error) error {
	if access != Reads {
		// What it fails with is the cause, in the words of an answer.
		_ = ask(cmd, manage.Handler(manage.Config{Unopened: cause, Logger: NewLogger(cmd, cfg.Log)}), do)
	}
	return cause
}

// checkStore refuses to work on a store that is not there: an empty one would be made,
// and everything be said of that. Where a store may begin, it returns where.
func checkStore(cfg *config.Config, begins bool) (made string, err error) {
	path, missing := state.StoreMissing(cfg)
	switch {
	case !missing:
		return "", nil
	case begins:
		return path, nil
	}
	return "", fmt.Errorf("nothing was done: no server runs, and there is no store at %s: go to the server's directory, name its configuration with --config, or correct data and store.dsn", path)
}

// tellMade is an Opener that says where a new store is, once it is there; "" is nowhere.
func tellMade(cmd *cobra.Command, made string, open Opener) Opener {
	return func(cfg *config.Config, options app.Options) (*app.Offline, error) {
		o, err := open(cfg, options)
		if err == nil && made != "" {
			fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: no server runs, and a new store is made: %s\n", made)
		}
		return o, err
	}
}

// openStored opens an engine on what is kept, and warns where the keys of it are lost.
func openStored(cmd *cobra.Command, cfg *config.Config, open Opener, readOnly bool) (*app.Offline, error) {
	if file, lost, err := state.LostKeys(cmd.Context(), cfg); err == nil && lost { // opening says what is wrong
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", state.LostKeysWarning(file, readOnly))
	}
	if text := state.PendingWarning(cmd.Context(), cfg); text != "" && !readOnly {
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", text)
	}
	options := AppOptions(cmd)
	options.ReadOnly = readOnly
	return open(cfg, options)
}

// with closes the engine after do.
func with(cmd *cobra.Command, o *app.Offline, do func() error) error {
	if err := do(); err != nil {
		return errors.Join(err, o.Close())
	}
	// A server may give out a token before it has heard of a revocation.
	return errors.Join(o.Engine.Tokens().Settle(cmd.Context()), o.Close())
}

// errMemory says why there is nothing to work on.
var errMemory = errors.New("store.driver is memory and no server runs: there is nothing that was kept")

// Actor is who is named in records of what a command did.
func Actor() string {
	if u, err := user.Current(); err == nil {
		return "cli:" + u.Username
	}
	return "cli"
}
