package command

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins"
)

// CompileCommand is the command with which the program calls itself to compile a plugin.
const CompileCommand = "compile-plugin"

// NewCompile returns the command that compiles one plugin in this process.
func NewCompile() *cobra.Command {
	return &cobra.Command{
		Use:    CompileCommand,
		Short:  "Compile one plugin under limits (for internal use)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return plugins.CompilerMain(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

// Compile compiles a plugin in a process of its own, since a small module can take minutes
// to compile and compilation cannot be stopped within a process.
func Compile(ctx context.Context, job []byte) ([]byte, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return plugins.ChildCompiler(program, CompileCommand)(ctx, job)
}
