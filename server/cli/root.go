package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
)

func newRoot(p Program) *cobra.Command {
	root := &cobra.Command{
		Use:           "cardea",
		Short:         "Decides who may pass: an auth server and gate, extended by sandboxed hooks",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().String("config", "", "configuration file (default ./cardea.yaml, else the profile of 'cardea dev')")
	root.AddCommand(
		newDev(p), newServe(p), newUser(), newAPIKey(), newSession(), newToken(), newKeys(), newHooks(), newPlugin(), newConfig(),
		newQuickstart(), newDoctor(), newTestLogin(), newSnippet(), newVersion(p), newCompile(),
	)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(cmd, flagError(err)) })
	explain(root)
	return root
}

// loadOptions say which configuration the command was told to use.
func loadOptions(cmd *cobra.Command) (config.LoadOptions, error) {
	path, err := cmd.Flags().GetString("config")
	return config.LoadOptions{Path: path, Env: os.Environ(), Required: path != ""}, err
}

// loadConfig reads the configuration that the command was told to use and
// prints its warnings.
func loadConfig(cmd *cobra.Command) (*config.Config, *config.Provenance, error) {
	o, err := loadOptions(cmd)
	if err != nil {
		return nil, nil, err
	}
	return readConfig(cmd, o)
}

func readConfig(cmd *cobra.Command, o config.LoadOptions) (*config.Config, *config.Provenance, error) {
	cfg, prov, err := config.Load(o)
	if err != nil {
		return nil, nil, &unreadError{err}
	}
	for _, w := range prov.Warnings {
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", w)
	}
	return cfg, prov, nil
}

// checkedConfig is loadConfig for a server: it looks for contradictions too.
func checkedConfig(cmd *cobra.Command) (*config.Config, *config.Provenance, error) {
	cfg, prov, err := loadConfig(cmd)
	if err != nil {
		return nil, nil, err
	}
	return cfg, prov, prov.Place(app.Check(cfg))
}

// errMemory says why there is nothing to work on.
var errMemory = errors.New("store.driver is memory and no server runs: there is nothing that was kept")

// storedConfig is loadConfig for a command that reads itself what a server keeps.
func storedConfig(cmd *cobra.Command) (*config.Config, error) {
	cfg, err := keptConfig(cmd)
	if err == nil && cfg.Store.Driver == "memory" {
		return nil, errors.New("store.driver is memory: what the server keeps cannot be reached from another process")
	}
	return cfg, err
}

// keptConfig is loadConfig for a command that works on what a server keeps, or asks
// the server for it.
func keptConfig(cmd *cobra.Command) (*config.Config, error) {
	cfg, prov, err := loadConfig(cmd)
	if err != nil {
		return nil, err
	}
	if prov.File != "" || !prov.Of("data").IsDefault() {
		return cfg, nil
	}
	if _, err := os.Stat(cfg.Data); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("neither ./%s nor %s is here: go to the server's directory, name its configuration with --config, or start with 'cardea dev'",
			config.FileName, cfg.Data)
	}
	return cfg, nil
}

// newLogger writes to the command's standard error as the configuration says.
func newLogger(cmd *cobra.Command, c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // the configuration was validated: cannot be
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "text" {
		return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), o))
	}
	return slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), o))
}

// newActLogger writes the acts of a command that were done without a server as the log
// of one would have them. Failures are the command's own message.
func newActLogger(cmd *cobra.Command, c config.Log) *slog.Logger {
	return slog.New(acts{newLogger(cmd, c).Handler()})
}

// acts lets through what is logged of acts that were done.
type acts struct{ slog.Handler }

// Enabled implements [slog.Handler].
func (h acts) Enabled(ctx context.Context, level slog.Level) bool {
	return level == slog.LevelInfo && h.Handler.Enabled(ctx, level)
}

// actor is who is named in records of what a command did.
func actor() string {
	if u, err := user.Current(); err == nil {
		return "cli:" + u.Username
	}
	return "cli"
}
