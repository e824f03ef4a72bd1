package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/cli/internal/keytext"
	"github.com/cardea-auth/cardea/server/cli/internal/siteconfig"
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
		Short: "List the signing keys and their states",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			assertion, err := forAssertion(purpose)
			if err != nil {
				return err
			}
			if assertion {
				return command.AssertionKeys(cmd, false, func(ctx context.Context, c *manage.Client) error { return listAssertionKeys(ctx, cmd.OutOrStdout(), c) })
			}
			return command.AdministerWithout(cmd, func(ctx context.Context, c *manage.Client, without command.Without) error {
				list, err := c.Keys().List(ctx)
				if err != nil {
					return err
				}
				if err := listSigningKeys(cmd.OutOrStdout(), list.Keys, false); err != nil {
					return err
				}
				keytext.Given(cmd.OutOrStdout(), list)
				keytext.MountSecrets(cmd.OutOrStdout(), list.Mounts)
				keytext.LeftSecrets(cmd.OutOrStdout(), without)
				return nil
			})
		},
	}
	addPurpose(cmd, &purpose)
	return cmd
}

// listSigningKeys prints keys. Until when an assertion key verifies is up to the sites that
// have pinned it.
func listSigningKeys(w io.Writer, list []manage.Key, assertion bool) error {
	until := "VERIFIES UNTIL"
	if assertion {
		until = "LISTED UNTIL"
	}
	t := command.NewTable(w, "KID", "ALGORITHM", "STATE", "CREATED", "SIGNS FROM", until)
	for _, k := range list {
		t.Row(cmp.Or(k.ID, "-"), k.Algorithm, k.State, command.Moment(k.Created), command.Moment(k.NotBefore), command.Moment(k.RetireAt))
	}
	return t.Flush()
}

func newKeysRotate() *cobra.Command {
	var purpose string
	var now bool
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Replace the active key: the next one is published, then signs; the old one still verifies",
		Long: `Replace the active key: the next one is published, then signs; the old one still
verifies.

With --for assertion it is the key that signs assertions for WordPress sites. Sites
have pinned it, so the order is: rotate; paste the output of 'cardea keys
export --for assertion' into every wp-config.php; then wait for
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
				return errors.New("--now works only with --for assertion: verifiers need time to fetch a new key that signs tokens")
			}
			return changeKeys(cmd, false, keytext.Next, func(ctx context.Context, k manage.Keys) (manage.KeyList, error) { return k.Rotate(ctx, false) })
		},
	}
	addPurpose(cmd, &purpose)
	cmd.Flags().BoolVar(&now, "now", false, "with --for assertion: let the next key sign at once, when every site has pinned it")
	return cmd
}

func newKeysRevoke() *cobra.Command {
	var purpose string
	cmd := &cobra.Command{
		Use:   "revoke KID",
		Short: "Revoke a leaked key at once, with every token that it signed",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			assertion, err := forAssertion(purpose)
			if err != nil {
				return err
			}
			if assertion {
				return revokeAssertionKey(cmd, args[0])
			}
			return command.ChangeWithout(cmd, func(ctx context.Context, c *manage.Client, without command.Without) error {
				list, err := c.Keys().Revoke(ctx, args[0])
				if err != nil {
					return keytext.Unrevoked(args[0], without, err)
				}
				return tellKeys(cmd, false, list, keytext.Revoked)
			})
		},
	}
	addPurpose(cmd, &purpose)
	return cmd
}

func newKeysExport() *cobra.Command {
	var kid, mount, format, purpose string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print a public key with which other applications verify tokens",
		Long: `Print a public key with which other applications verify tokens.

Formats: jwk, jwks (all public keys), pem, cert (the X.509 certificates that stand
beside the key in keys.file or the mount's secret, or else a self-signed one).
An HMAC key is a secret and has no public part.

With --for assertion it prints the lines for wp-config.php with which cardea.php in
a WordPress verifies this gateway's assertions.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			assertion, err := forAssertion(purpose)
			if err != nil {
				return err
			}
			if assertion && (kid+mount != "" || cmd.Flags().Changed("format")) {
				return errors.New("--kid, --mount and --format have no effect with --for assertion: leave them out")
			}
			if kid != "" && mount != "" {
				return errors.New("--kid names a key of the server and --mount another one: give one of them")
			}
			if assertion {
				return siteconfig.ExportConstants(cmd)
			}
			return command.Administer(cmd, func(ctx context.Context, c *manage.Client) error {
				export, name := c.ExportKey, kid
				if mount != "" {
					export, name = c.ExportMountKey, mount
				}
				out, err := export(ctx, name, format)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.TrimSuffix(out, "\n"))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&kid, "kid", "", "which key (default: the active one)")
	cmd.Flags().StringVar(&mount, "mount", "", "the key of a mount whose secret is a private key")
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
	change := command.Change
	if assertion {
		change = func(cmd *cobra.Command, do func(context.Context, *manage.Client) error) error {
			return command.AssertionKeys(cmd, true, do)
		}
	}
	return change(cmd, func(ctx context.Context, c *manage.Client) error {
		list, err := do(ctx, keysFor(c, assertion))
		if err != nil {
			return err
		}
		return tellKeys(cmd, assertion, list, tell)
	})
}

// tellKeys lists keys and calls tell to explain what was done to them.
func tellKeys(cmd *cobra.Command, assertion bool, list manage.KeyList, tell func(io.Writer, manage.KeyList)) error {
	if err := listSigningKeys(cmd.OutOrStdout(), list.Keys, assertion); err != nil {
		return err
	}
	tell(cmd.OutOrStdout(), list)
	return nil
}
