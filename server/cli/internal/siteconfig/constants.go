package siteconfig

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/examples/wordpress"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/assertion"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/state"
)

// ExportConstants prints, for each upstream with assertions, the constants with which
// WordPress verifies them.
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

// Constants returns the lines for the site behind one upstream, with the active and the
// next signing key. It creates no keys.
func Constants(ctx context.Context, cfg *config.Config, u config.Upstream) (string, error) {
	ring, err := state.ReadAssertionKeys(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	defer ring.Close()
	var trusted []api.Key
	for _, info := range ring.All() {
		if key, ok := ring.Find(info.ID); ok && info.State != keys.Retired {
			trusted = append(trusted, key)
		}
	}
	by, audience := app.Assertions(cfg, u)
	return assertion.Constants(by, audience, trusted)
}

// inPlugin changes the lines so that they do not override constants of wp-config.php.
func inPlugin(lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "define('"), "'")
		fmt.Fprintf(&b, "defined('%s') || %s", name, line)
	}
	return b.String()
}

// Plugin returns cardea.php with these constants in it.
func Plugin(lines string) ([]byte, error) {
	const after = "namespace Cardea;\n"
	head, rest, found := strings.Cut(string(wordpress.Plugin()), after)
	if !found {
		return nil, errors.New("cardea.php has no namespace line: this is a bug in cardea")
	}
	return []byte(head + after + "\n// Of this gateway; 'cardea keys export --for assertion' prints them again.\n" + inPlugin(lines) + rest), nil
}
