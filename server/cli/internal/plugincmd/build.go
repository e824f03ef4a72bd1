package plugincmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

func newBuild() *cobra.Command {
	return &cobra.Command{
		Use:   "build [PATH]",
		Short: "Compile a plugin's sources into its module",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openProject(pathArg(args), command.Points(cmd)...)
			if err != nil {
				return err
			}
			if p.language == nil {
				return fmt.Errorf("%s is a compiled module, so there is nothing to build: cardea plugin inspect %s shows it", p.wasm, p.wasm)
			}
			if err := p.build(cmd.Context()); err != nil {
				return err
			}
			m, err := p.module()
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Built %s: %s, sha256 %s\nNext: cardea plugin test %s\n", p.wasm, size(len(m.Wasm)), digestOf(m.Wasm), pathArg(args))
			return nil
		},
	}
}

// builtProject finds a plugin and builds it if it has sources.
func builtProject(cmd *cobra.Command, args []string) (project, error) {
	p, err := openProject(pathArg(args), command.Points(cmd)...)
	if err != nil {
		return p, err
	}
	return p, p.build(cmd.Context())
}
