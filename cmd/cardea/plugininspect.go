package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins"
)

func newPluginInspect() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "inspect [PATH]",
		Short: "Show what a plugin is: hooks, imports, exports, what it asks for",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := builtProject(cmd, args)
			if err != nil {
				return err
			}
			return withPlugin(cmd, p, func(loaded *plugins.Plugin) error {
				r := loaded.Report()
				if asJSON {
					return json.NewEncoder(cmd.OutOrStdout()).Encode(r)
				}
				return printReport(cmd.OutOrStdout(), r)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func printReport(w io.Writer, r plugins.Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name string, values ...string) {
		if len(values) == 0 {
			values = []string{"-"}
		}
		for _, value := range values {
			fmt.Fprintf(t, "%s\t%s\n", name, value)
			name = ""
		}
	}
	row("name", strings.TrimSpace(r.Name+" "+r.Version))
	row("module", fmt.Sprintf("%s, sha256 %s", size(r.Bytes), r.Digest))
	row("hooks", r.Hooks...)
	row("asks to read", r.Grants.Read...)
	row("asks to write", r.Grants.Write...)
	row("asks to be allowed", r.Grants.Allow...)
	row("imports", r.Imports...)
	row("exports", r.Exports...)
	row("isolation", "reset: each call begins with the memory that configure left (the default)",
		"reuse: faster, and what it saw of one user is there when it sees the next", "fresh: a new instance for each call")
	return t.Flush()
}
