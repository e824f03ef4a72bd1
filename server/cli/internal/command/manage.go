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

// Administer runs a command that reads the server's data: through the running server, or
// else in this process with the same handler. In this process it opens no plugins, since a
// broken one must not keep an operator from disabling a user, and it writes nothing and
// creates no missing files.
func Administer(cmd *cobra.Command, do func(context.Context, *manage.Client) error) error {
	return manageBare(cmd, app.OpenBare, Reads, do)
}

// Change is Administer for commands that change existing data.
func Change(cmd *cobra.Command, do func(context.Context, *manage.Client) error) error {
	return manageBare(cmd, openWithWarning(cmd), Changes, do)
}

// AdministerWithout is Administer for a command that needs to know which parts of the
// configuration are left out.
func AdministerWithout(cmd *cobra.Command, do func(context.Context, *manage.Client, Without) error) error {
	return bareWithout(cmd, app.OpenBare, Reads, do)
}

// ChangeWithout is Change for a command that needs to know which parts of the configuration
// are left out.
func ChangeWithout(cmd *cobra.Command, do func(context.Context, *manage.Client, Without) error) error {
	return bareWithout(cmd, openWithWarning(cmd), Changes, do)
}

func bareWithout(cmd *cobra.Command, open Opener, access Access, do func(context.Context, *manage.Client, Without) error) error {
	p, err := bareConfig(cmd)
	if err != nil {
		return err
	}
	without := Without{p.leftMounts()}
	served := func() { without = Without{} }
	return manageIn(cmd, p.cfg, served, open, access, func(ctx context.Context, c *manage.Client) error { return do(ctx, c, without) })
}

// ChangeOrCreate is Change for commands that may also create the store.
func ChangeOrCreate(cmd *cobra.Command, do func(context.Context, *manage.Client) error) error {
	return manageBare(cmd, openWithWarning(cmd), Begins, do)
}

// openWithWarning returns app.OpenBare with a warning that names the hooks that will not be
// called.
func openWithWarning(cmd *cobra.Command) Opener {
	return func(cfg *config.Config, o app.Options) (*app.Offline, error) {
		if uncalled := app.UncalledHooks(cfg, AppOptions(cmd)); len(uncalled) > 0 {
			fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: no server is running, so these hooks are not called: %s\n", strings.Join(uncalled, ", "))
		}
		return app.OpenBare(cfg, o)
	}
}

// Opener opens an engine in this process.
type Opener func(*config.Config, app.Options) (*app.Offline, error)

// Access is the kind of access that a command needs to stored data.
type Access int

// The kinds of access.
const (
	Reads   Access = iota // writes nothing
	Changes               // changes an existing store
	Begins                // also creates a missing store
)

// manageBare is Administer with an Opener and a kind of access.
func manageBare(cmd *cobra.Command, open Opener, access Access, do func(context.Context, *manage.Client) error) error {
	p, err := bareConfig(cmd)
	if err != nil {
		return err
	}
	return manageIn(cmd, p.cfg, func() {}, open, access, do)
}

// manageIn runs do with a client of the running server, after a call of served, or of an
// engine that it opens.
func manageIn(cmd *cobra.Command, cfg *config.Config, served func(), open Opener, access Access, do func(context.Context, *manage.Client) error) error {
	run := func() error { return reach(cmd, cfg, served, open, access, do) }
	if access == Reads {
		return run()
	}
	return Shown(cmd, run)
}

// reach is manageIn without the check of the output.
func reach(cmd *cobra.Command, cfg *config.Config, served func(), open Opener, access Access, do func(context.Context, *manage.Client) error) error {
	var running app.Status
	err := control.Get(cmd.Context(), cfg.Data, "/status", &running)
	switch {
	case err == nil:
		served()
		return hinted(do(cmd.Context(), manage.NewClient(control.Transport(cfg.Data), Actor(), 0)))
	case !errors.Is(err, control.ErrNoServer):
		return unopened(cmd, cfg, access, do, fmt.Errorf("%w; nothing was done", err))
	case cfg.Store.Driver == "memory":
		return unopened(cmd, cfg, access, do, errMemory)
	}
	made, err := checkStore(cmd.Context(), cfg, access == Begins)
	if err != nil {
		return unopened(cmd, cfg, access, do, err)
	}
	o, err := openStored(cmd, cfg, tellMade(cmd, made, open), access == Reads)
	if err != nil {
		return unopened(cmd, cfg, access, do, cured(cfg, err))
	}
	return with(cmd, o, func() error { return hinted(ask(cmd, o.Manage(NewLogger(cmd, cfg.Log)), do)) })
}

// ask runs do with a client of a handler in this process.
func ask(cmd *cobra.Command, h http.Handler, do func(context.Context, *manage.Client) error) error {
	return do(cmd.Context(), manage.NewClient(manage.InProcess(h), Actor(), 0))
}

// unopened returns cause. For a command that would have changed something it also logs the
// failed change as a server would.
func unopened(cmd *cobra.Command, cfg *config.Config, access Access, do func(context.Context, *manage.Client) error, cause error) error {
	if access != Reads {
		// The error of do is cause again, as the handler returned it.
		_ = ask(cmd, manage.Handler(manage.Config{Unopened: cause, Logger: NewLogger(cmd, cfg.Log)}), do)
	}
	return cause
}

// checkStore returns an error if the store does not exist or has no tables: the command
// would create an empty one and report on that. If begins is set, it returns the path of the
// store instead.
func checkStore(ctx context.Context, cfg *config.Config, begins bool) (made string, err error) {
	path, missing := state.StoreMissing(cfg)
	empty := state.EmptyStore(ctx, cfg)
	switch {
	case !missing && empty == "":
		return "", nil
	case begins:
		return state.StorePath(cfg), nil
	case empty != "":
		return "", fmt.Errorf("nothing was done: no server is running, and %s: restore it from a backup that was made while the server was stopped, or start the server", empty)
	}
	return "", fmt.Errorf("nothing was done: no server is running, and there is no store at %s: a start creates it, or 'cardea user add LOGIN'; if it exists elsewhere, change to the server's directory, name its configuration with --config, or correct data and store.dsn", path)
}

// tellMade returns an Opener that reports the path of a store that it created; "" is none.
func tellMade(cmd *cobra.Command, made string, open Opener) Opener {
	return func(cfg *config.Config, options app.Options) (*app.Offline, error) {
		o, err := open(cfg, options)
		if err == nil && made != "" {
			fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: no server is running, and a new store was created: %s\n", made)
		}
		return o, err
	}
}

// openStored opens an engine on the stored data and warns if its keys are lost.
func openStored(cmd *cobra.Command, cfg *config.Config, open Opener, readOnly bool) (*app.Offline, error) {
	if file, lost, err := state.LostKeys(cmd.Context(), cfg); err == nil && lost { // an error is reported by open
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", state.LostKeysWarning(file, readOnly))
	}
	if text := state.PendingWarning(cmd.Context(), cfg); text != "" && !readOnly {
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", text)
	}
	options := AppOptions(cmd)
	options.ReadOnly = readOnly
	return open(cfg, options)
}

// with runs do and closes the engine.
func with(cmd *cobra.Command, o *app.Offline, do func() error) error {
	if err := do(); err != nil {
		return errors.Join(err, o.Close())
	}
	// A server that does not know of a revocation yet does not wait before it issues tokens.
	return errors.Join(o.Engine.Tokens().Settle(cmd.Context()), o.Close())
}

// errMemory is the error for a store in memory without a running server.
var errMemory = errors.New("store.driver is memory and no server is running: there is no stored data: start the server, and repeat the command while it runs")

// Actor returns the name under which the actions of a command are recorded.
func Actor() string {
	if u, err := user.Current(); err == nil {
		return "cli:" + u.Username
	}
	return "cli"
}
