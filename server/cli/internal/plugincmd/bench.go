package plugincmd

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
)

func newBench() *cobra.Command {
	var isolation string
	each := config.Duration(500 * time.Millisecond)
	cmd := &cobra.Command{
		Use:   "bench [PATH]",
		Short: "Measure the cost of each vector's call",
		Long: `Measure the cost of each vector's call: the whole binding, from the hook point
through instance, grants, journal and reset. Times depend on the machine; fuel is
the same everywhere.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := builtProject(cmd, args)
			if err != nil {
				return err
			}
			file, err := readVectors(cmd, p)
			if err != nil {
				return err
			}
			return withRunner(cmd, p, isolation, func(r *plugintest.Runner) error {
				if err := bench(cmd, r, file.Vectors, each.Std()); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), afterBench(p, file.Vectors, pathArg(args)))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&isolation, "isolation", "", "reset (default), fresh or reuse")
	command.DurationVar(cmd.Flags(), &each, "time", "how long to run each vector")
	return cmd
}

// afterBench returns the next step: setting max_fuel where it is missing, or running the
// tests.
func afterBench(p project, vectors []plugintest.Vector, path string) string {
	unbound := func(v plugintest.Vector) bool { return v.Want.LoadError == "" && v.Want.MaxFuel == 0 }
	if slices.ContainsFunc(vectors, unbound) {
		return "Next: limit the fuel with max_fuel in " + p.vectors + ", then cardea plugin test " + path
	}
	return "Next: cardea plugin test " + path
}

func bench(cmd *cobra.Command, r *plugintest.Runner, vectors []plugintest.Vector, each time.Duration) error {
	t := command.NewTable(cmd.OutOrStdout(), "VECTOR", "PER CALL", "CALLS", "FUEL", "HOST CALLS", "LOAD")
	for _, v := range vectors {
		if v.Want.LoadError != "" {
			continue
		}
		c, err := r.Bench(cmd.Context(), v, each)
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
		t.Row(v.Name, c.PerCall, c.Calls, c.Fuel, c.HostCalls, c.Load.Round(10*time.Microsecond))
	}
	return t.Flush()
}
