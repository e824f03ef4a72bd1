package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/cli/internal/keytext"
	"github.com/cardea-auth/cardea/server/manage"
)

func addPurpose(cmd *cobra.Command, purpose *string) {
	cmd.Flags().StringVar(purpose, "for", "tokens", "tokens, or assertion: the keys with which a WordPress verifies this gateway's assertions")
}

// forAssertion parses --for and reports whether it selects the assertion keys.
func forAssertion(purpose string) (bool, error) {
	switch purpose {
	case "assertion":
		return true, nil
	case "tokens":
		return false, nil
	}
	return false, fmt.Errorf("--for is %q, must be tokens or assertion", purpose)
}

// listAssertionKeys prints the keys that sign assertions, or that there is none yet.
func listAssertionKeys(ctx context.Context, w io.Writer, c *manage.Client) error {
	list, err := c.AssertionKeys().List(ctx)
	if err != nil {
		return err
	}
	if len(list.Keys) == 0 {
		fmt.Fprintln(w, "No key signs assertions yet: the start of a server creates one if an upstream has identity: assertion, and so does 'cardea keys rotate --for assertion'.")
		return nil
	}
	return listSigningKeys(w, list.Keys, true)
}

// rotateAssertionKeys creates the next key or, if now is set, lets it sign.
func rotateAssertionKeys(cmd *cobra.Command, now bool) error {
	err := changeKeys(cmd, true, func(io.Writer, manage.KeyList) {}, func(ctx context.Context, k manage.Keys) (manage.KeyList, error) { return k.Rotate(ctx, now) })
	if api.ReasonOf(err) == manage.ReasonNoNextKey {
		return errors.New("there is no next key: run 'cardea keys rotate --for assertion' first, and pin the output of 'cardea keys export --for assertion'")
	}
	if err == nil && !now {
		fmt.Fprintln(cmd.OutOrStdout(), "Before the next key signs, paste the output of 'cardea keys export --for assertion' into every wp-config.php.")
	}
	return err
}

func revokeAssertionKey(cmd *cobra.Command, kid string) error {
	return changeKeys(cmd, true, keytext.RevokedAssertion, func(ctx context.Context, k manage.Keys) (manage.KeyList, error) { return k.Revoke(ctx, kid) })
}
