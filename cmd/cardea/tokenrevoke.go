package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

func newTokenRevoke() *cobra.Command {
	var id, client, reason string
	var everything bool
	cmd := &cobra.Command{
		Use:   "revoke [TOKEN]",
		Short: "Take a token back on every node; or by --id, --client, --everything",
		Long: `Take a token back on every node within a second.

Without an argument and without a flag the token is read from standard input.
Sessions, users, API keys and signing keys have commands of their own.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r := api.Revocation{Reason: reason, Actor: actor()}
			switch {
			case everything:
				r.Kind = api.RevokeAll
			case id != "":
				r.Kind, r.Key = api.RevokeToken, id
			case client != "":
				r.Kind, r.Key = api.RevokeClient, client
			}
			return withAdmin(cmd, func(ctx context.Context, e *core.Engine) error {
				if r.Kind == "" {
					return revokeTokenText(ctx, cmd, e, args)
				}
				if len(args) > 0 {
					return errors.New("give a token, or one of --id, --client and --everything")
				}
				if err := e.Revoke(ctx, r); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), "revoked")
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "id", "", "the token's jti")
	f.StringVar(&client, "client", "", "everything of this client")
	f.BoolVar(&everything, "everything", false, "every credential that was issued until now")
	f.StringVar(&reason, "reason", "revoked", "why, for the record")
	cmd.MarkFlagsMutuallyExclusive("id", "client", "everything")
	return cmd
}

func revokeTokenText(ctx context.Context, cmd *cobra.Command, e *core.Engine, args []string) error {
	text, err := tokenText(cmd, args)
	if err != nil {
		return err
	}
	if text == "" {
		return errors.New("no token is given: pass it as an argument or on standard input")
	}
	if err := e.RevokeToken(ctx, api.Secret(text)); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), "a token of ours that was alive is dead now")
	return nil
}
