package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/server/config"
)

func newAPIKey() *cobra.Command {
	cmd := &cobra.Command{Use: "apikey", Short: "Manage API keys"}
	cmd.AddCommand(newAPIKeyCreate(), newAPIKeyList(), newAPIKeyRotate(), newAPIKeyRevoke())
	return cmd
}

func newAPIKeyCreate() *cobra.Command {
	var n core.NewAPIKey
	var life string
	cmd := &cobra.Command{
		Use:   "create LOGIN",
		Short: "Make an API key that acts for a user",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if life != "" {
				d, err := config.ParseDuration(life)
				if err != nil {
					return fmt.Errorf("--expires %s %w", life, err)
				}
				n.Life = d.Std()
			}
			return withUser(cmd, args[0], func(ctx context.Context, a *core.Accounts, u api.User) error {
				n.Subject = u.Subject
				text, key, err := a.CreateAPIKey(ctx, n, actor())
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "made key %s for %s\nkey: %s   (shown once)\n", key.ID, u.Login, text.Reveal())
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&n.Name, "name", "", "what the key is for")
	f.StringArrayVar(&n.Roles, "role", nil, "restrict the key to this one of the user's roles; repeat for several")
	f.StringArrayVar(&n.Scopes, "scope", nil, "scope of the key; repeat for several")
	f.IntVar(&n.Rate, "rate", 0, "calls a minute that the key may make (default: no limit)")
	f.StringVar(&life, "expires", "", "how long the key lives, such as 90d (default: until revoked)")
	return cmd
}

func newAPIKeyList() *cobra.Command {
	var prefix string
	cmd := &cobra.Command{
		Use:   "list [LOGIN]",
		Short: "List API keys, of one user or of all",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return withUser(cmd, args[0], func(ctx context.Context, a *core.Accounts, u api.User) error {
					return listKeys(ctx, cmd, a, u.Subject, keyPrefix(prefix))
				})
			}
			return withAccounts(cmd, func(ctx context.Context, a *core.Accounts) error {
				return listKeys(ctx, cmd, a, "", keyPrefix(prefix))
			})
		},
	}
	cmd.Flags().StringVar(&prefix, "prefix", "", "only keys whose id or name begins so; the beginning of a key will do as well")
	return cmd
}

// keyPrefix takes the id out of the beginning of a key, as it is found in a log
// or a repository.
func keyPrefix(text string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(text, credential.KeyPrefix), "_")
	if strings.HasPrefix(text, credential.KeyPrefix) {
		return id
	}
	return text
}

func listKeys(ctx context.Context, cmd *cobra.Command, a *core.Accounts, subject, prefix string) error {
	t := newTable(cmd.OutOrStdout(), "ID", "NAME", "SUBJECT", "CREATED", "LAST USED", "EXPIRES", "RATE", "STATE")
	for after, more := "", true; more; {
		list, err := a.APIKeys(ctx, subject, prefix, after, pageSize)
		if err != nil {
			return err
		}
		for _, k := range list {
			t.row(k.ID, k.Name, k.Subject, day(k.Created), moment(k.LastUsed), day(k.Expires), rate(k), keyState(k))
			after = k.ID
		}
		more = len(list) == pageSize
	}
	return t.Flush()
}

func rate(k api.APIKey) string {
	if k.RateLimit == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/min", k.RateLimit)
}

func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.DateOnly)
}

func keyState(k api.APIKey) string {
	switch {
	case !k.Revoked.IsZero():
		return "revoked"
	case !k.Expires.IsZero() && !time.Now().Before(k.Expires):
		return "expired"
	case time.Now().Before(k.OldUntil):
		return "live; the secret before works until " + moment(k.OldUntil)
	}
	return "live"
}

func newAPIKeyRotate() *cobra.Command {
	var overlap string
	cmd := &cobra.Command{
		Use:   "rotate ID",
		Short: "Give an API key another secret; the old one works on for a while",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := config.ParseDuration(overlap)
			if err != nil {
				return fmt.Errorf("--overlap %s %w", overlap, err)
			}
			return withAccounts(cmd, func(ctx context.Context, a *core.Accounts) error {
				text, err := a.RotateAPIKey(ctx, args[0], d.Std(), actor())
				switch {
				case errors.Is(err, core.ErrNotFound):
					return fmt.Errorf("no API key has the id %q: 'cardea apikey list' shows all", args[0])
				case errors.Is(err, core.ErrConflict):
					return fmt.Errorf("key %q is revoked: 'cardea apikey create' makes another", args[0])
				case err != nil:
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "rotated key %s; the secret before works for %s\nkey: %s   (shown once)\n", args[0], d, text.Reveal())
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&overlap, "overlap", "24h", "how long the old secret works on; 0 ends it at once")
	return cmd
}

func newAPIKeyRevoke() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "Revoke an API key",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd, func(ctx context.Context, a *core.Accounts) error {
				err := a.RevokeAPIKey(ctx, args[0], actor())
				if errors.Is(err, core.ErrNotFound) {
					return fmt.Errorf("no API key has the id %q: 'cardea apikey list' shows all", args[0])
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "revoked key %s\n", args[0])
				return nil
			})
		},
	}
}
