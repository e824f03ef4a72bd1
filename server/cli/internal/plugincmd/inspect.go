package plugincmd

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

func newInspect() *cobra.Command {
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
			r, err := inspection(cmd.Context(), p)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(r)
			}
			if err := printReport(cmd.OutOrStdout(), r); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Next: %s %s\n", afterInspect(p, r), pathArg(args))
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func inspection(ctx context.Context, p project) (found plugins.Inspection, err error) {
	spec, err := p.spec()
	if err != nil {
		return found, err
	}
	err = withHost(ctx, Cache(), p.points, func(host *plugins.Host) error {
		found, err = host.Inspect(ctx, spec)
		return err
	})
	return found, err
}

// afterInspect returns the next command to run.
func afterInspect(p project, r plugins.Inspection) string {
	if n := len(r.Start); n > 0 && r.Start[n-1].Error != "" {
		return "fix its start, then cardea plugin check"
	}
	if !command.Exists(p.vectors) {
		return "cardea plugin check"
	}
	return "cardea plugin test"
}

// outward returns what a plugin asks for in addition to the event.
func outward(g manifest.Grants) []string {
	var out []string
	if g.KV {
		out = append(out, "kv: it stores values between calls")
	}
	for _, h := range g.HTTP {
		methods := strings.Join(h.Methods, " ")
		out = append(out, "http: "+cmp.Or(methods, "GET")+" "+h.URL)
	}
	return out
}

// starts returns how much fuel each way of starting an instance uses, or why it fails.
func starts(list []plugins.Start) []string {
	var out []string
	for _, s := range list {
		text := fmt.Sprintf("%s: fuel %d of %d", s.Name, s.Fuel, s.Limit)
		if s.Error != "" {
			text = s.Name + ": " + s.Error
		}
		out = append(out, text)
	}
	return out
}

func printReport(w io.Writer, r plugins.Inspection) error {
	t := command.NewTable(w)
	row := func(name string, values ...string) {
		if len(values) == 0 {
			values = []string{"-"}
		}
		for _, value := range values {
			t.Row(name, value)
			name = ""
		}
	}
	row("name", strings.TrimSpace(r.Name+" "+r.Version))
	row("module", fmt.Sprintf("%s, sha256 %s", size(r.Bytes), r.Digest))
	row("hooks", r.Hooks...)
	row("asks to read", r.Grants.Read...)
	row("asks to write", r.Grants.Write...)
	row("asks to be allowed", r.Grants.Allow...)
	row("asks for secrets", r.Grants.Secrets...)
	row("asks for more", outward(r.Grants)...)
	row("imports", r.Imports...)
	row("exports", r.Exports...)
	row("start", starts(r.Start)...)
	row("isolation", "reset: each call starts with the memory that configure left (the default)",
		"reuse: faster, but data of one user is still in memory when the next call runs", "fresh: a new instance for each call")
	return t.Flush()
}
