package plugincmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// testFlags are the flags of cardea plugin test.
type testFlags struct {
	vectors       string
	watch, update bool
	verbose       bool
	isolation     string
}

func newTest() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [PATH]",
		Short: "Build a plugin and run its vectors, testdata/vectors.json",
		Long: `Build a plugin and run its vectors, testdata/vectors.json.

A vector contains the event, the grants and settings, and the result that is
expected of the hook. It runs in the real host. Fuel is the same on every machine,
so a test can check max_fuel.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.watch {
				return watchTests(cmd, args, f)
			}
			return runTests(cmd, args, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.vectors, "vectors", "", "file of vectors (default testdata/vectors.json of the plugin)")
	flags.BoolVar(&f.watch, "watch", false, "keep running, and test again whenever a file of the plugin changes")
	flags.BoolVar(&f.update, "update", false, "write the actual results into the vectors; check the difference afterwards")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show changes, refusals and log lines of every vector")
	flags.StringVar(&f.isolation, "isolation", "", "reset (default), fresh or reuse")
	return cmd
}

func runTests(cmd *cobra.Command, args []string, f testFlags) error {
	p, err := builtProject(cmd, args)
	if err != nil {
		return err
	}
	if f.vectors != "" {
		p.vectors = f.vectors
	}
	file, err := readVectors(cmd, p)
	if err != nil {
		return err
	}
	var results []plugintest.Result
	err = withRunner(cmd, p, f.isolation, func(r *plugintest.Runner) error {
		for _, v := range file.Vectors {
			res, err := r.Run(cmd.Context(), v)
			if err != nil {
				return fmt.Errorf("%s: %w", v.Name, err)
			}
			results = append(results, res)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if f.update {
		return updateVectors(cmd, p, results)
	}
	return printResults(cmd.OutOrStdout(), pathArg(args), results, f.verbose)
}

// readVectors reads a plugin's vectors. If there are none, a module that does not load is
// reported first.
func readVectors(cmd *cobra.Command, p project) (plugintest.File, error) {
	file, err := plugintest.Read(p.vectors, p.own...)
	if !errors.Is(err, os.ErrNotExist) {
		return file, err
	}
	if bad := withPlugin(cmd, p, func(*plugins.Plugin) error { return nil }); bad != nil {
		return file, bad
	}
	return file, fmt.Errorf("%w: write vectors there; `cardea plugin new NAME` creates some", err)
}

// printResults writes one line per vector, with its problems below it.
func printResults(w io.Writer, path string, results []plugintest.Result, verbose bool) error {
	t := command.NewTable(w)
	failed := 0
	for _, r := range results {
		verdict := "ok"
		if !r.OK() {
			verdict = "FAIL"
			failed++
		}
		t.Row(verdict, r.Vector.Name, r.Vector.Point, r.Status, fmt.Sprintf("fuel %d", r.Fuel), r.Time.Round(100*time.Nanosecond))
		for _, problem := range r.Problems {
			t.Below("", problem)
		}
		if verbose {
			printDetails(t, r)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d vectors fail: fix the hook, or the vector if it is wrong; --verbose shows more", failed, len(results))
	}
	_, err := fmt.Fprintf(w, "%d vectors pass.\nNext: cardea dev --plugin %s\n", len(results), path)
	return err
}

func printDetails(t command.Table, r plugintest.Result) {
	for key, value := range r.Journal {
		t.Below("set ", fmt.Sprintf("%s = %s", key, value))
	}
	if r.Refusal != nil {
		t.Below("refuses ", fmt.Sprintf("(%s): %s", r.Refusal.Code, r.Refusal.Public))
	}
	if r.Error != "" {
		t.Below("fault ", fmt.Sprintf("(%s): %s", r.Fault, r.Error))
	}
	for _, line := range r.Log {
		t.Below("log: ", line)
	}
}

// updateVectors writes the results into the file as expectations.
func updateVectors(cmd *cobra.Command, p project, results []plugintest.Result) error {
	text, err := files.Read(p.vectors, maxModule)
	if err != nil {
		return err
	}
	var file struct {
		Defaults json.RawMessage              `json:"defaults,omitempty"`
		Vectors  []map[string]json.RawMessage `json:"vectors"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return err
	}
	changed := 0
	for i, r := range results {
		if r.OK() {
			continue
		}
		if file.Vectors[i]["want"], err = json.Marshal(r.Actual()); err != nil {
			return err
		}
		changed++
	}
	out := cmd.OutOrStdout()
	if changed == 0 {
		fmt.Fprintf(out, "%d vectors pass; nothing to update.\n", len(results))
		return nil
	}
	if text, err = json.MarshalIndent(file, "", "  "); err != nil {
		return err
	}
	if err := os.WriteFile(p.vectors, append(text, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(out, "Updated %d of %d vectors in %s.\nNext: git diff %s\n", changed, len(results), p.vectors, p.vectors)
	return nil
}
