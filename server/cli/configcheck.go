package cli

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
)

func newConfigCheck() *cobra.Command {
	var offline bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find mistakes that keep a server from starting or users from logging in, and print warnings",
		Long: `Find mistakes in the configuration that keep a server from starting or users from
logging in, each with its place and what to do. It opens everything that the
configuration names (certificates, keys, plugins, databases, the data directory, the
addresses to listen on) as 'cardea serve' does, and changes nothing.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := command.LoadOptions(cmd)
			if err != nil {
				return err
			}
			return checkConfig(cmd, o, offline)
		},
	}
	cmd.Flags().BoolVar(&offline, "offline", false, "skip databases, the data directory, listen addresses and upstreams")
	return cmd
}

// examine returns the problems and warnings of a configuration, with their places.
func examine(cmd *cobra.Command, o config.LoadOptions, offline bool) (prov *config.Provenance, problems, warnings config.Problems, err error) {
	cfg, prov, problems, err := config.Inspect(o)
	if err != nil {
		return nil, nil, nil, &command.UnreadError{Err: err}
	}
	if cfg != nil {
		own := command.OwnOf(cmd)
		problems, warnings = app.Examine(cmd.Context(), cfg, problems, app.ExamineOptions{
			Offline: offline, Compiler: command.Compile, Hooks: own.Hooks, Points: own.Points, Now: time.Now(),
		})
	}
	prov.PlaceAll(problems)
	prov.PlaceAll(warnings)
	return prov, problems, warnings, nil
}

// startError is the error of a server that does not start, in the words of 'cardea config
// check'.
type startError struct{ found, cause error }

// Error returns what the check found.
func (e *startError) Error() string { return e.found.Error() }

// Unwrap returns what the check found and why the start failed. For an address in use it
// returns only the cause, which is not a configuration error: the next start may succeed.
func (e *startError) Unwrap() []error {
	if errors.Is(e.cause, syscall.EADDRINUSE) {
		return []error{e.cause}
	}
	return []error{e.found, e.cause}
}

// explainStart adds everything that 'cardea config check' finds, with places, to the cause
// of a failed start.
func explainStart(cmd *cobra.Command, cause error) error {
	o, err := command.LoadOptions(cmd)
	if err != nil || cmd.Context().Err() != nil {
		return cause
	}
	prov, problems, _, err := examine(cmd, o, false)
	if err != nil || len(problems) == 0 {
		return cause
	}
	problems = app.WithCause(problems, cause)
	prov.PlaceAll(problems)
	return &startError{problems.Err(), cause}
}

func checkConfig(cmd *cobra.Command, o config.LoadOptions, offline bool) error {
	prov, problems, warnings, err := examine(cmd, o, offline)
	if err != nil {
		return err
	}
	if err := problems.Err(); err != nil {
		return err
	}
	from := prov.File
	if from == "" {
		from = "defaults and environment"
		prov.Warnings = append(prov.Warnings, "no configuration file found: only defaults and the environment apply, so the server refuses every request: write cardea.yaml, or run 'cardea quickstart' or 'cardea dev'")
	}
	n := printWarnings(cmd.ErrOrStderr(), prov, warnings)
	return sayValid(cmd.OutOrStdout(), from, n, offline)
}

// printWarnings prints the warnings and returns their number.
func printWarnings(out io.Writer, prov *config.Provenance, list config.Problems) int {
	for _, text := range prov.Warnings {
		fmt.Fprintf(out, "cardea: warning: %s\n", text)
	}
	for _, w := range list {
		fmt.Fprintf(out, "cardea: warning: %s\n", w)
	}
	return len(prov.Warnings) + len(list)
}

func sayValid(out io.Writer, from string, warnings int, offline bool) (err error) {
	rest := ""
	if offline {
		rest = "; databases, the data directory, addresses and upstreams were not checked"
	}
	switch warnings {
	case 0:
		_, err = fmt.Fprintf(out, "%s: fine%s\n", from, rest)
	case 1:
		_, err = fmt.Fprintf(out, "%s: valid, 1 warning%s\n", from, rest)
	default:
		_, err = fmt.Fprintf(out, "%s: valid, %d warnings%s\n", from, warnings, rest)
	}
	return err
}
