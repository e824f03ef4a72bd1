package cli

import (
	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/cli/internal/plugincmd"
	"github.com/cardea-auth/cardea/server/cli/internal/sitecheck"
	"github.com/cardea-auth/cardea/server/cli/internal/snippet"
	"github.com/cardea-auth/cardea/server/cli/internal/tokencmd"
)

func newRoot(p Program) *cobra.Command {
	root := &cobra.Command{
		Use:           "cardea",
		Short:         "An authentication server and gateway that you extend with sandboxed hooks",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().String("config", "", "configuration file (default ./cardea.yaml, else the profile of 'cardea dev')")
	root.AddCommand(
		newDev(p), newServe(p), newUser(), newAPIKey(), newSession(), tokencmd.New(), newKeys(), newHooks(), plugincmd.New(), newConfig(),
		sitecheck.NewQuickstart(), sitecheck.NewDoctor(), sitecheck.NewTestLogin(), snippet.New(), sitecheck.NewSamples(), newVersion(p), command.NewCompile(),
	)
	for _, c := range p.Commands {
		root.AddCommand(c.cobra())
	}
	root.SetFlagErrorFunc(command.FlagError)
	command.Explain(root)
	return root
}
