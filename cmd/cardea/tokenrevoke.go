package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/manage"
)

func newTokenRevoke() *cobra.Command {
	var r manage.Revocation
	var reason string
	cmd := &cobra.Command{
		Use:   "revoke [TOKEN]",
		Short: "Take a token back on every node; or by --id, --client, --everything",
		Long: `Take a token back on every node within a second.

Without an argument and without a flag the token is read from standard input.
Sessions, users, API keys and signing keys have commands of their own.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range []string{"id", "client"} {
				if f := cmd.Flag(name); f.Changed && f.Value.String() == "" {
					return fmt.Errorf("--%s is empty", name)
				}
			}
			byText := r == manage.Revocation{}
			if !byText && len(args) > 0 {
				return errors.New("give a token, or one of --id, --client and --everything")
			}
			r.Reason = reason
			return change(cmd, func(ctx context.Context, c *manage.Client) error {
				if byText {
					return revokeTokenText(ctx, cmd, c, args)
				}
				if err := c.Revoke(ctx, r); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), "revoked")
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.TokenID, "id", "", "the token's jti")
	f.StringVar(&r.Client, "client", "", "everything of this client")
	f.BoolVar(&r.Everything, "everything", false, "every credential that was issued until now")
	f.StringVar(&reason, "reason", "revoked", "why, for the record")
	cmd.MarkFlagsMutuallyExclusive("id", "client", "everything")
	return cmd
}

func revokeTokenText(ctx context.Context, cmd *cobra.Command, c *manage.Client, args []string) error {
	text, err := tokenText(cmd, args)
	if err != nil {
		return err
	}
	if text == "" {
		return errors.New("no token is given: pass it as an argument or on standard input")
	}
	r, err := c.RevokeToken(ctx, api.Secret(text))
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "revoked the %s %s of %s\n", r.What, r.ID, cmp.Or(r.Login, r.Subject))
	if r.LiveSession != "" {
		fmt.Fprintf(out, "its session lives on and can be given new tokens: 'cardea session revoke %s' ends it\n", r.LiveSession)
	}
	if r.LiveSessions+r.LiveAPIKeys > 0 {
		fmt.Fprintf(out, "%d sessions and %d API keys of the user live on: 'cardea session revoke --user %s' ends all\n",
			r.LiveSessions, r.LiveAPIKeys, cmp.Or(r.Login, r.Subject))
	}
	return nil
}
