package plugincmd

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/plugintest"
)

func newCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check [PATH]",
		Short: "Report what a server would refuse, and what should be improved before publishing",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := builtProject(cmd, args)
			if err != nil {
				return err
			}
			var notes []string
			err = withPlugin(cmd, p, func(loaded *plugins.Plugin) error {
				notes = remarks(p, loaded.Report())
				return nil
			})
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			for _, note := range notes {
				fmt.Fprintf(out, "note: %s\n", note)
			}
			fmt.Fprintf(out, "%s: a server accepts it.\nNext: cardea plugin test %s\n", p.wasm, pathArg(args))
			return nil
		},
	}
}

// remarks returns what is not an error but should be changed before publishing.
func remarks(p project, r plugins.Report) []string {
	var notes []string
	add := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	if p.text == nil {
		add("it has no manifest: write %s.json, so that operators see what it asks for", p.name)
	}
	if p.manifest.Name != "" && p.manifest.Name != p.name {
		add("its name is %q in the manifest, and its file is %q: use the same name", p.manifest.Name, p.name)
	}
	if slices.Contains(slices.Concat(r.Grants.Read, r.Grants.Write), "*") {
		add("it asks for every key (\"*\"): list the keys that it needs")
	}
	if len(r.Grants.Allow) > 0 {
		add("it asks for %s: give the reason in its README", strings.Join(r.Grants.Allow, " and "))
	}
	if p.manifest.Config != nil {
		add("servers ignore the schema of its config: configure has to refuse invalid settings")
	}
	return append(notes, vectorRemarks(p)...)
}

func vectorRemarks(p project) []string {
	file, err := plugintest.Read(p.vectors, p.own...)
	if errors.Is(err, os.ErrNotExist) {
		return []string{"it has no vectors: write " + p.vectors + " to show what it does"}
	}
	if err != nil {
		return []string{err.Error()}
	}
	var untested []string
	for _, hook := range p.manifest.Hooks {
		if !slices.ContainsFunc(file.Vectors, func(v plugintest.Vector) bool { return v.Point == hook }) {
			untested = append(untested, hook)
		}
	}
	if len(untested) == 0 {
		return nil
	}
	return []string{"no vector tests " + strings.Join(untested, ", ")}
}
