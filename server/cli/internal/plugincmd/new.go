package plugincmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/plugins/sdk"
)

func newNew() *cobra.Command {
	var names []string
	for _, l := range sdk.Languages() {
		names = append(names, l.Name)
	}
	var lang, dir string
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Create a plugin that builds and passes its test",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := args[0]
			if dir == "" {
				dir = name
			}
			if err := sdk.New(lang, name, dir); err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "Created the plugin %s in %s.\n", name, dir)
			if l, err := sdk.Lookup(lang); err == nil && l.Ready(dir) != nil {
				fmt.Fprintf(out, "Building it needs tools that are missing: %v\n", l.Ready(dir))
			}
			fmt.Fprintf(out, "Next: cd %s && cardea plugin test\n", dir)
			return nil
		},
	}
	cmd.Flags().StringVar(&lang, "lang", names[0], "language: "+strings.Join(names, ", "))
	cmd.Flags().StringVar(&dir, "dir", "", "directory to create (default NAME)")
	return cmd
}
