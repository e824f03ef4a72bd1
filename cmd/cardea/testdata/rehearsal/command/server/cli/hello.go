package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newHello() *cobra.Command {
	return &cobra.Command{
		Use:   "hello NAME",
		Short: "Greet somebody",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "hello %s\n", args[0])
			return err
		},
	}
}
