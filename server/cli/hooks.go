package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
)

func newHooks() *cobra.Command {
	cmd := &cobra.Command{Use: "hooks", Short: "Show the hook points"}
	cmd.AddCommand(newHooksList())
	return cmd
}

func newHooksList() *cobra.Command {
	var withFields bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the hook points and what runs at each, in order",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := command.LoadConfig(cmd)
			if err != nil {
				return err
			}
			points, from, err := hookPoints(cmd, cfg)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), from)
			return printHooks(cmd.OutOrStdout(), points, withFields)
		},
	}
	cmd.Flags().BoolVar(&withFields, "fields", false, "show which fields each point has; * marks those that can be changed")
	return cmd
}

// hookPoints asks the running server, or loads the configuration if none is running.
func hookPoints(cmd *cobra.Command, cfg *config.Config) (points []app.HookPoint, from string, err error) {
	err = control.Get(cmd.Context(), cfg.Data, "/hooks", &points)
	if err == nil {
		return points, "from the running server", nil
	}
	if !errors.Is(err, control.ErrNoServer) {
		return nil, "", err
	}
	o := command.AppOptions(cmd)
	o.ReadOnly = true
	points, err = app.ConfiguredHooks(cfg, o)
	return points, "from the configuration (no server is running on " + cfg.Data + ")", err
}

func printHooks(w io.Writer, points []app.HookPoint, withFields bool) error {
	t := command.NewTable(w, "POINT", "KIND", "RUNS")
	for _, p := range points {
		var runs []string
		for _, b := range p.Bindings {
			runs = append(runs, fmt.Sprintf("%s(%d)", b.ID, b.Order))
		}
		t.Row(p.Name, p.Kind, strings.Join(runs, " "))
		if !withFields {
			continue
		}
		for _, f := range p.Fields {
			mark := ""
			if f.Writable {
				mark = "*"
			}
			fmt.Fprintf(t, "  %s%s\t\t\n", f.Key, mark)
		}
	}
	return t.Flush()
}
