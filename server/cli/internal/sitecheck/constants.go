package sitecheck

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/assertion"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/state"
)

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
