package plugincmd

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins/plugintest"
)

func newDiff() *cobra.Command {
	var record string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show where two versions of a plugin behave differently",
		Long: `Show where two versions of a plugin behave differently: each vector of NEW (or
each call of a recording) runs on both, and status, changes, refusal and fault are
compared. Fuel is shown but not compared.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return diffPlugins(cmd, args, record) },
	}
	cmd.Flags().StringVar(&record, "record", "", "compare on the calls of this recording instead of the vectors")
	return cmd
}

func diffPlugins(cmd *cobra.Command, args []string, record string) error {
	before, err := builtProject(cmd, args[:1])
	if err != nil {
		return err
	}
	after, err := builtProject(cmd, args[1:])
	if err != nil {
		return err
	}
	vectors, err := diffVectors(cmd, after, record)
	if err != nil {
		return err
	}
	was, err := runVectors(cmd, before, vectors)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	is, err := runVectors(cmd, after, vectors)
	if err != nil {
		return fmt.Errorf("%s: %w", args[1], err)
	}
	return printDiff(cmd.OutOrStdout(), args[1], was, is)
}

func diffVectors(cmd *cobra.Command, p project, record string) ([]plugintest.Vector, error) {
	if record != "" {
		return readRecord(cmd, record)
	}
	file, err := readVectors(cmd, p)
	return file.Vectors, err
}

func printDiff(w io.Writer, path string, was, is []plugintest.Result) error {
	differ := 0
	for i := range was {
		lines := is[i].Diff(was[i])
		if len(lines) == 0 {
			continue
		}
		differ++
		fmt.Fprintf(w, "%s (%s), fuel %d -> %d\n", is[i].Vector.Name, is[i].Vector.Point, was[i].Fuel, is[i].Fuel)
		for _, line := range lines {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	if differ > 0 {
		return fmt.Errorf("%d of %d calls differ: if this is intended, raise the version in the manifest, then run cardea plugin test %s", differ, len(was), path)
	}
	_, err := fmt.Fprintf(w, "%d calls, no difference.\nNext: cardea plugin sign --key FILE %s\n", len(was), path)
	return err
}
