package plugincmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// New returns the plugin command with its subcommands.
func New() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plugin",
		Short: "Write, build, test and sign hook plugins",
		Long: `Write, build, test and sign hook plugins.

From nothing to a running plugin:

  cardea plugin new --lang go hello && cd hello
  cardea plugin test
  cardea dev --plugin .

PATH is a plugin's directory or a module. The default is the current directory or,
if that is not a plugin's, its only subdirectory that is one. The sources in a
directory are compiled first.`,
	}
	cmd.AddCommand(newNew(), newBuild(), newInspect(), newCheck(), newTest(),
		newBench(), newReplay(), newDiff(), newSign(), newVerify(), newList(), newReload())
	return cmd
}

// pathArg returns the PATH argument of a plugin command, or its default.
func pathArg(args []string) string {
	if len(args) == 0 {
		return presentPlugin()
	}
	return args[0]
}

// Cache returns the directory in which compiled modules are kept between commands, or "" if
// the user has no cache directory.
func Cache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	dir = filepath.Join(dir, "cardea", "wasm")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ""
	}
	return dir
}

// withPlugin calls fn with a project's plugin, loaded with everything that it asks for.
func withPlugin(cmd *cobra.Command, p project, fn func(*plugins.Plugin) error) error {
	spec, err := p.spec()
	if err != nil {
		return err
	}
	return withHost(cmd.Context(), Cache(), p.points, func(host *plugins.Host) error {
		loaded, err := host.Load(cmd.Context(), spec)
		if err != nil {
			return err
		}
		return fn(loaded)
	})
}

// withHost calls fn with a plugin host and closes the host.
func withHost(ctx context.Context, cache string, points []hooks.Point, fn func(*plugins.Host) error) (err error) {
	host, err := plugins.Open(ctx, plugins.Config{CacheDir: cache, Compiler: command.Compile, Points: points})
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, host.Close(context.WithoutCancel(ctx))) }()
	return fn(host)
}

// withRunner calls fn with a runner of vectors on a project's module.
func withRunner(cmd *cobra.Command, p project, isolation string, fn func(*plugintest.Runner) error) (err error) {
	m, err := p.module()
	if err != nil {
		return err
	}
	m.Isolation = isolation
	r, err := plugintest.Open(cmd.Context(), m, plugins.Config{CacheDir: Cache(), Compiler: command.Compile, Points: command.Points(cmd)})
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, r.Close(cmd.Context())) }()
	return fn(r)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// size formats a number of bytes.
func size(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}
