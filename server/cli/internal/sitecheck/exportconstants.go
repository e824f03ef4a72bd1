package sitecheck

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// ExportConstants prints the constants that WordPress needs to know the gateway, for each
// upstream with assertions.
func ExportConstants(cmd *cobra.Command) error {
	cfg, err := command.StoredConfig(cmd)
	if err != nil {
		return err
	}
	found := false
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		u := cfg.Upstreams[name]
		if u.Identity != "assertion" {
			continue
		}
		found = true
		lines, err := Constants(cmd.Context(), cfg, u)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "// For wp-config.php of upstream %s:\n%s", name, lines)
	}
	if !found {
		return errors.New("no upstream has identity: assertion: add it to the WordPress under upstreams")
	}
	return nil
}
