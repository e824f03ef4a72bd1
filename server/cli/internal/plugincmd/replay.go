package plugincmd

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins/catalogue"
	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

func newReplay() *cobra.Command {
	var verbose bool
	cmd := &cobra.Command{
		Use:   "replay RECORD [PATH]",
		Short: "Run recorded calls again and compare the results",
		Long: `Run recorded calls again and compare the results.

A recording has one call per line, as 'cardea dev --plugin PATH --record FILE'
writes them. Each line is a vector: copied into testdata/vectors.json it is a test.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			vectors, err := readRecord(cmd, args[0])
			if err != nil {
				return err
			}
			p, err := builtProject(cmd, args[1:])
			if err != nil {
				return err
			}
			results, err := runVectors(cmd, p, vectors)
			if err != nil {
				return err
			}
			return printResults(cmd.OutOrStdout(), pathArg(args[1:]), results, verbose)
		},
	}
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show changes, refusals and log lines of every call")
	return cmd
}

const aRecord = "a recording has one call per line, each a JSON object; `cardea dev --plugin . --record FILE` writes one"

func readRecord(cmd *cobra.Command, file string) ([]plugintest.Vector, error) {
	own, err := catalogue.Of(command.Points(cmd))
	if err != nil {
		return nil, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, aRecord)
	}
	defer f.Close()
	vectors, err := plugintest.ReadRecord(f, own...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", file, err, aRecord)
	}
	return vectors, nil
}

func runVectors(cmd *cobra.Command, p project, vectors []plugintest.Vector) (results []plugintest.Result, err error) {
	err = withRunner(cmd, p, "", func(r *plugintest.Runner) error {
		for _, v := range vectors {
			res, err := r.Run(cmd.Context(), v)
			if err != nil {
				return fmt.Errorf("%s: %w", v.Name, err)
			}
			results = append(results, res)
		}
		return nil
	})
	return results, err
}
