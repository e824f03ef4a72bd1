package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
)

func newConfig() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check, print and describe the configuration"}
	cmd.AddCommand(newConfigCheck(), newConfigPrint(), newConfigSchema(), newConfigGraph())
	return cmd
}

func newConfigPrint() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "print",
		Short: "Print the configuration and where each value comes from, without secrets",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, prov, err := command.LoadConfig(cmd)
			if err != nil {
				return err
			}
			return config.Print(cmd.OutOrStdout(), cfg, prov, all)
		},
	}
	cmd.Flags().BoolVar(&all, "effective", false, "print defaults too")
	return cmd
}

func newConfigSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the configuration file",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			schema, err := config.Schema(command.Types(cmd))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), string(schema))
			return err
		},
	}
}

func newConfigGraph() *cobra.Command {
	return &cobra.Command{
		Use:   "graph",
		Short: "Print the dependency graph of the server's parts in DOT",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := command.LoadConfig(cmd)
			if err != nil {
				return err
			}
			dot, err := app.Graph(cfg)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), dot)
			return err
		},
	}
}
