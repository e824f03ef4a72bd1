package command

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
)

// LoadOptions returns the options for the configuration that --config names.
func LoadOptions(cmd *cobra.Command) (config.LoadOptions, error) {
	path, err := cmd.Flags().GetString("config")
	return OptionsFor(cmd, path, path != ""), err
}

// OptionsFor returns the options to read the file at path, or the default file if path is
// "".
func OptionsFor(cmd *cobra.Command, path string, required bool) config.LoadOptions {
	return config.LoadOptions{Path: path, Env: os.Environ(), Types: Types(cmd), Required: required}
}

// LoadConfig reads the configuration of the command and prints its warnings.
func LoadConfig(cmd *cobra.Command) (*config.Config, *config.Provenance, error) {
	o, err := LoadOptions(cmd)
	if err != nil {
		return nil, nil, err
	}
	return ReadConfig(cmd, o)
}

// ReadConfig reads the configuration that o names, and prints its warnings.
func ReadConfig(cmd *cobra.Command, o config.LoadOptions) (*config.Config, *config.Provenance, error) {
	cfg, prov, err := config.Load(o)
	if err != nil {
		return nil, nil, &UnreadError{err}
	}
	for _, w := range prov.Warnings {
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: %s\n", w)
	}
	return cfg, prov, nil
}

// CheckedConfig is LoadConfig for a server: it also checks for contradictions.
func CheckedConfig(cmd *cobra.Command) (*config.Config, *config.Provenance, error) {
	cfg, prov, err := LoadConfig(cmd)
	if err != nil {
		return nil, nil, err
	}
	return cfg, prov, prov.Place(check.Check(cfg, Points(cmd)...))
}

// StoredConfig is LoadConfig for a command that reads the server's stored data itself. A
// store in memory is an error.
func StoredConfig(cmd *cobra.Command) (*config.Config, error) {
	cfg, err := KeptConfig(cmd)
	if err == nil && cfg.Store.Driver == "memory" {
		return nil, errors.New("store.driver is memory: another process cannot reach the data of the server")
	}
	return cfg, err
}

// KeptConfig is LoadConfig for a command that works on the server's stored data, directly
// or through the server.
func KeptConfig(cmd *cobra.Command) (*config.Config, error) {
	cfg, prov, err := LoadConfig(cmd)
	if err != nil {
		return nil, err
	}
	return placed(cfg, prov)
}

// placed returns cfg, or an error if no configuration was found and the default data
// directory does not exist either.
func placed(cfg *config.Config, prov *config.Provenance) (*config.Config, error) {
	if prov.File != "" || !prov.Of("data").IsDefault() {
		return cfg, nil
	}
	if _, err := os.Stat(cfg.Data); errors.Is(err, os.ErrNotExist) {
		return nil, &UnreadError{fmt.Errorf("neither ./%s nor %s exists: change to the server's directory, name its configuration with --config, or start with 'cardea dev'",
			config.FileName, cfg.Data)}
	}
	return cfg, nil
}

// UnreadError is the error of a configuration that is missing or cannot be read.
type UnreadError struct{ Err error }

// Error returns the cause's text.
func (e *UnreadError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UnreadError) Unwrap() error { return e.Err }
