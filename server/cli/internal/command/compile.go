package command

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins"
)

// CompileCommand compiles one plugin: this program calls itself with it.
const CompileCommand = "compile-plugin"

// NewCompile is the command that compiles one plugin in this process.
func NewCompile() *cobra.Command {
	return &cobra.Command{
		Use:    CompileCommand,
		Short:  "Compile one plugin, under limits; for cardea itself",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return plugins.CompilerMain(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

// Compile compiles plugins in a process of their own, since a small module can
// keep a Compile busy for minutes and nothing inside a process could stop it.
func Compile(ctx context.Context, job []byte) ([]byte, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return plugins.ChildCompiler(program, CompileCommand)(ctx, job)
}
