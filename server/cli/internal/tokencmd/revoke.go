package tokencmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/manage"
)

func newRevoke() *cobra.Command {
	var r manage.Revocation
	var reason string
	var yes bool
	cmd := &cobra.Command{
		Use:   "revoke [TOKEN]",
		Short: "Revoke a token on every node, or tokens by --id, --client or --everything",
		Long: `Revoke a token on every node within a second.

Without an argument and without a flag the token is read from standard input.
Cardea does not store tokens, so with --id it cannot know whether there was one.
--everything asks for confirmation first. It does not end tokens that somebody makes
with a leaked secret or key: replace that first.
Sessions, users, API keys and signing keys have commands of their own.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := cmp.Or(command.Exclusive(cmd, "id", "client", "everything"), command.Dependent(cmd, "issuer", "id"),
				command.Dependent(cmd, "spare-api-keys", "everything"), command.Dependent(cmd, "yes", "everything")); err != nil {
				return err
			}
			byText := r == manage.Revocation{}
			if !byText && len(args) > 0 {
				return errors.New("give a token, or one of --id, --client and --everything")
			}
			if r.Everything && !yes {
				if err := confirmed(cmd, r.SpareAPIKeys); err != nil {
					return err
				}
			}
			r.Reason = reason
			if byText {
				return revokeText(cmd, args, reason)
			}
			return command.Change(cmd, func(ctx context.Context, c *manage.Client) error {
				hit, err := c.Revoke(ctx, r)
				if err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), revokedText(r, hit))
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.TokenID, "id", "", "the token's jti")
	f.StringVar(&r.Issuer, "issuer", "", "with --id: name of the external issuer whose token it is")
	f.StringVar(&r.Client, "client", "", "everything issued to this client")
	f.BoolVar(&r.Everything, "everything", false, "every credential that was issued until now")
	f.BoolVar(&r.SpareAPIKeys, "spare-api-keys", false, "with --everything: API keys stay valid")
	f.BoolVar(&yes, "yes", false, "with --everything: do not ask")
	f.StringVar(&reason, "reason", "revoked", "why, for the record")
	return cmd
}

// confirmed asks for confirmation and returns an error unless the answer is yes.
func confirmed(cmd *cobra.Command, spareAPIKeys bool) error {
	what := "this ends every session, token and API key that was issued until now, for all users"
	if spareAPIKeys {
		what = "this ends every session and token that was issued until now, for all users; API keys stay valid"
	}
	fmt.Fprint(cmd.ErrOrStderr(), what+"; continue? (yes/no) ")
	line, err := command.FirstLine(cmd.InOrStdin(), nil)
	if answer := strings.ToLower(strings.TrimSpace(line)); err != nil || answer != "yes" && answer != "y" {
		return errors.New("nothing was revoked: --everything asks first: answer yes, or pass --yes")
	}
	return nil
}

// revokedText returns what was revoked, and what cannot be known about it.
func revokedText(r manage.Revocation, hit manage.Revoked) string {
	switch issuer := hit.Issuer; {
	case r.TokenID != "" && issuer != "":
		id := strings.TrimPrefix(r.TokenID, "issuer:"+issuer+":")
		return fmt.Sprintf("token id %[2]q of issuer %[1]s is refused from now on; only the issuer knows whether such a token was issued", issuer, id)
	case r.TokenID != "":
		return fmt.Sprintf("token id %q is refused from now on; Cardea does not store tokens, so it cannot know whether one with this id was issued. Tokens of other issuers (--issuer) are not revoked", r.TokenID)
	case r.Client != "":
		return fmt.Sprintf("everything issued to client %q until now is refused; Cardea does not store tokens, so it cannot know whether there was anything", r.Client) + withoutClient(hit.WithoutClient)
	case r.SpareAPIKeys:
		return "every session and token that was issued until now is refused; API keys and passwords stay valid" + afterLeak
	}
	return "every session, token and API key that was issued until now is refused; passwords stay valid, and 'cardea apikey rotate ID' gives a key a new secret" + afterLeak
}

// withoutClient says whose tokens do not name their client; "" if all do.
func withoutClient(formats []string) string {
	if len(formats) == 0 {
		return ""
	}
	return fmt.Sprintf("\naccess tokens of these mounts do not name their client, and stay valid until they expire: %s; 'cardea session revoke --user LOGIN' ends those of a user", strings.Join(formats, ", "))
}

// afterLeak returns what a revocation by time does not end: whoever has the key can put any
// time into a token.
const afterLeak = "\nwhoever has a secret or key that leaked can still make tokens that are accepted, until it is replaced: 'cardea keys list' shows what signs"

// revokeText revokes a token by its text. Mistakes in the configuration do not prevent
// that, unless the mount that has one may be the token's.
func revokeText(cmd *cobra.Command, args []string, reason string) error {
	text, err := command.TokenText(cmd, args)
	if err != nil {
		return err
	}
	return command.ChangeWithout(cmd, func(ctx context.Context, c *manage.Client, without command.Without) error {
		r, err := c.RevokeToken(ctx, api.Secret(text), reason)
		if api.CodeOf(err) == api.NotFound && !isOpaque(text) {
			i := manage.Inspection{What: "access token", State: command.Message(err)}
			err = cmp.Or(checkTold("whether the token is to be revoked", text, i, without), err)
		}
		if err != nil {
			return err
		}
		command.TellRevoked(cmd.OutOrStdout(), r)
		return nil
	})
}
