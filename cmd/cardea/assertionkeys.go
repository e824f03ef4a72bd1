package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/app"
)

func addPurpose(cmd *cobra.Command, purpose *string) {
	cmd.Flags().StringVar(purpose, "for", "tokens", "tokens, or assertion: the keys that a WordPress knows the gate by")
}

// forAssertion reads --for.
func forAssertion(purpose string) (bool, error) {
	switch purpose {
	case "assertion":
		return true, nil
	case "tokens":
		return false, nil
	}
	return false, fmt.Errorf("--for %q: write tokens or assertion", purpose)
}

// withAssertionKeys changes the keys that sign assertions, as a running server
// finds within seconds, and lists them.
func withAssertionKeys(cmd *cobra.Command, change func(context.Context, *keys.Ring) error) error {
	cfg, err := storedConfig(cmd)
	if err != nil {
		return err
	}
	ring, err := app.OpenAssertionKeys(cmd.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer ring.Close()
	if err := change(cmd.Context(), ring); err != nil {
		return err
	}
	return listSigningKeys(cmd.OutOrStdout(), ring.All())
}

// rotateAssertionKeys makes the next key, or lets it sign.
func rotateAssertionKeys(cmd *cobra.Command, now bool) error {
	if now {
		return withAssertionKeys(cmd, func(ctx context.Context, ring *keys.Ring) error {
			_, err := ring.Promote(ctx)
			if errors.Is(err, core.ErrNotFound) {
				return errors.New("there is no next key: run 'cardea keys rotate --for assertion' first, and pin what 'cardea keys export --for assertion' prints")
			}
			return err
		})
	}
	err := withAssertionKeys(cmd, func(ctx context.Context, ring *keys.Ring) error {
		_, err := ring.Rotate(ctx)
		return err
	})
	if err == nil {
		fmt.Fprintln(cmd.OutOrStdout(), "Before the next key signs, paste what 'cardea keys export --for assertion' prints into every wp-config.php.")
	}
	return err
}

func revokeAssertionKey(cmd *cobra.Command, kid string) error {
	err := withAssertionKeys(cmd, func(ctx context.Context, ring *keys.Ring) error {
		_, err := ring.Remove(ctx, kid)
		return err
	})
	if errors.Is(err, core.ErrNotFound) {
		return fmt.Errorf("no assertion key has the id %q: 'cardea keys list --for assertion' shows all", kid)
	}
	if err == nil {
		fmt.Fprintln(cmd.OutOrStdout(), "Paste what 'cardea keys export --for assertion' prints into every wp-config.php: sites that have pinned other keys refuse this gate until then.")
	}
	return err
}
