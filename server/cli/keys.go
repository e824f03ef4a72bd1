package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/cli/internal/sitecheck"
	"github.com/cardea-auth/cardea/server/manage"
)

func newKeys() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Manage the keys that sign tokens"}
	cmd.AddCommand(newKeysList(), newKeysRotate(), newKeysRevoke(), newKeysExport())
	return cmd
}

func newKeysList() *cobra.Command {
	var purpose string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the signing keys and where each is in its life",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			assertion, err := forAssertion(purpose)
			if err != nil {
				return err
			}
			return command.Administer(cmd, func(ctx context.Context, c *manage.Client) error {
				list, err := keysFor(c, assertion).List(ctx)
				if err != nil {
					return err
				}
				if err := listSigningKeys(cmd.OutOrStdout(), list.Keys); err != nil {
					return err
				}
				tellMountSecrets(cmd.OutOrStdout(), list.Mounts)
				return nil
			})
		},
	}
	addPurpose(cmd, &purpose)
	return cmd
}

func listSigningKeys(w io.Writer, list []manage.Key) error {
	t := command.NewTable(w, "KID", "ALGORITHM", "STATE", "CREATED", "SIGNS FROM", "VERIFIES UNTIL")
	for _, k := range list {
		t.Row(k.ID, k.Algorithm, k.State, moment(k.Created), moment(k.NotBefore), moment(k.RetireAt))
	}
	return t.Flush()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

func newKeysRotate() *cobra.Command {
	var purpose string
	var now bool
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Replace the active key: the next one is published, then signs; the old one verifies on",
		Long: `Replace the active key: the next one is published, then signs; the old one verifies on.

With --for assertion it is the key by which WordPress sites know this gate. They
have it pinned, so the order is: rotate; paste what 'cardea keys export --for
assertion' prints into every wp-config.php; then wait for
keys.assertion_publish_ahead, or rotate with --now.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			assertion, err := forAssertion(purpose)
			switch {
			case err != nil:
				return err
			case assertion:
				return rotateAssertionKeys(cmd, now)
			case now:
				return errors.New("--now is for --for assertion: others fetch the keys that sign tokens, and need the time")
			}
			return changeKeys(cmd, false, tellNextKey, func(ctx context.Context, k manage.Keys) (manage.KeyList, error) { return k.Rotate(ctx, false) })
		},
	}
	addPurpose(cmd, &purpose)
	cmd.Flags().BoolVar(&now, "now", false, "with --for assertion: let the next key sign at once; every site has it pinned")
	return cmd
}

func newKeysRevoke() *cobra.Command {
	var purpose string
	cmd := &cobra.Command{
		Use:   "revoke KID",
		Short: "Take a key out at once, with every token that it signed: for a key that leaked",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			assertion, err := forAssertion(purpose)
			if err != nil {
				return err
			}
			if assertion {
				return revokeAssertionKey(cmd, args[0])
			}
			return changeKeys(cmd, false, tellRevokedKey, func(ctx context.Context, k manage.Keys) (manage.KeyList, error) { return k.Revoke(ctx, args[0]) })
		},
	}
	addPurpose(cmd, &purpose)
	return cmd
}

func newKeysExport() *cobra.Command {
	var kid, format, purpose string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print a public key, for other applications to verify tokens with",
		Long: `Print a public key, for other applications to verify tokens with.

Formats: jwk, jwks (all public keys), pem, cert (a self-signed X.509 certificate).
An HMAC key is a secret and has no public part.

With --for assertion it prints the lines for wp-config.php by which cardea.php in
a WordPress knows this gate.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			assertion, err := forAssertion(purpose)
			if err != nil {
				return err
			}
			if assertion && (cmd.Flags().Changed("kid") || cmd.Flags().Changed("format")) {
				return errors.New("--kid and --format have no effect with --for assertion: leave them out")
			}
			if assertion {
				return sitecheck.ExportConstants(cmd)
			}
			return command.Administer(cmd, func(ctx context.Context, c *manage.Client) error {
				out, err := c.ExportKey(ctx, kid, format)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), out)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&kid, "kid", "", "which key (default: the active one)")
	addPurpose(cmd, &purpose)
	cmd.Flags().StringVar(&format, "format", "pem", "jwk, jwks, pem or cert")
	return cmd
}

// keysFor returns the keys that --for selects.
func keysFor(c *manage.Client, assertion bool) manage.Keys {
	if assertion {
		return c.AssertionKeys()
	}
	return c.Keys()
}

// changeKeys changes the keys, lists the result and calls tell to explain it.
func changeKeys(cmd *cobra.Command, assertion bool, tell func(io.Writer, manage.KeyList), do func(context.Context, manage.Keys) (manage.KeyList, error)) error {
	return command.Change(cmd, func(ctx context.Context, c *manage.Client) error {
		list, err := do(ctx, keysFor(c, assertion))
		if err != nil {
			return err
		}
		if err := listSigningKeys(cmd.OutOrStdout(), list.Keys); err != nil {
			return err
		}
		tell(cmd.OutOrStdout(), list)
		return nil
	})
}
