package cli

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins"
)

// compileCommand compiles one plugin: this program calls itself with it.
const compileCommand = "compile-plugin"

func newCompile() *cobra.Command {
	return &cobra.Command{
		Use:    compileCommand,
		Short:  "Compile one plugin, under limits; for cardea itself",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return plugins.CompilerMain(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

// compiler compiles plugins in a process of their own, since a small module can
// keep a compiler busy for minutes and nothing inside a process could stop it.
func compiler(ctx context.Context, job []byte) ([]byte, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return plugins.ChildCompiler(program, compileCommand)(ctx, job)
}
