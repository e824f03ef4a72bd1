package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/manage"
)

func newAPIKey() *cobra.Command {
	cmd := &cobra.Command{Use: "apikey", Short: "Manage API keys"}
	cmd.AddCommand(newAPIKeyCreate(), newAPIKeyList(), newAPIKeyRotate(), newAPIKeyRevoke())
	return cmd
}

func newAPIKeyCreate() *cobra.Command {
	var n manage.NewAPIKey
	var life config.Duration
	cmd := &cobra.Command{
		Use:   "create LOGIN",
		Short: "Create an API key that acts for a user",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("expires") && life.Std() < time.Second {
				return errors.New("--expires is less than 1s: leave it out for a key that is valid until it is revoked")
			}
			n.Seconds = int64(life.Std() / time.Second)
			return command.ChangeOrCreate(cmd, func(ctx context.Context, c *manage.Client) error {
				n.Login = args[0]
				key, err := c.CreateAPIKey(ctx, n)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "created key %s for %s\n%s\n", key.ID, key.Login, expiry(key))
				showKey(cmd.OutOrStdout(), key)
				return tellWideRules(cmd, n.Scopes)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&n.Name, "name", "", "what the key is for")
	f.StringArrayVar(&n.Roles, "role", nil, "restrict the key to this one of the user's roles; repeat for several")
	command.MayBeEmpty(f.Lookup("role")) // which is a role that the user does not have
	f.StringArrayVar(&n.Scopes, "scope", nil, "scope of the key, for rules that require scopes; repeat for several")
	f.IntVar(&n.Rate, "rate", 0, "calls per minute that the key may make (default: no limit)")
	command.DurationVar(f, &life, "expires", "lifetime of the key, such as 90d (default: until revoked)")
	return cmd
}

// showKey prints a new key or a key with a new secret. Another rotation ends the old secret,
// which may be in use.
func showKey(w io.Writer, k manage.APIKey) {
	ends := ""
	if !k.OldUntil.IsZero() {
		ends = fmt.Sprintf(", and ends the old secret at once, which otherwise works until %s", command.Moment(k.OldUntil))
	}
	command.ShowOnce(w, fmt.Sprintf("key: %s   (shown once)\n", k.Key),
		fmt.Sprintf("the new secret of key %s is lost: 'cardea apikey rotate %[2]s' makes another%[3]s; 'cardea apikey revoke %[2]s' ends the key", k.ID, command.Argument(k.ID), ends))
}

// expiry returns the sentence about a key's expiry.
func expiry(k manage.APIKey) string {
	if k.Expires.IsZero() {
		return "valid until it is revoked"
	}
	return "expires " + command.Moment(k.Expires)
}

// tellWideRules warns about rules that ignore the scopes of a key.
func tellWideRules(cmd *cobra.Command, scopes []string) error {
	if len(scopes) == 0 {
		return nil
	}
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return err
	}
	cfg, _, err := config.Load(command.OptionsFor(cmd, path, false))
	if err != nil { // the key exists, and the error was printed
		fmt.Fprintln(cmd.ErrOrStderr(), "cardea: warning: the configuration is invalid, so rules that ignore the scopes of the key cannot be listed")
		return nil
	}
	if rules := check.RulesWithoutScopes(cfg); len(rules) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: these rules require no scope, so the scopes do not restrict the key there: %s\n", strings.Join(rules, ", "))
	}
	return nil
}

func newAPIKeyList() *cobra.Command {
	var prefix string
	cmd := &cobra.Command{
		Use:   "list [LOGIN]",
		Short: "List API keys, of one user or of all",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			login, err := oneOf(args)
			if err != nil {
				return err
			}
			return command.Administer(cmd, func(ctx context.Context, c *manage.Client) error {
				return listKeys(ctx, cmd, c, login, keyPrefix(prefix))
			})
		},
	}
	cmd.Flags().StringVar(&prefix, "prefix", "", "only keys whose id or name has this prefix; the beginning of a key works too")
	return cmd
}

// keyPrefix returns the id in the beginning of a key, as found in a log or a repository, or
// text itself if it is not part of a key.
func keyPrefix(text string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(text, credential.KeyPrefix), "_")
	if strings.HasPrefix(text, credential.KeyPrefix) {
		return id
	}
	return text
}

func listKeys(ctx context.Context, cmd *cobra.Command, c *manage.Client, login, prefix string) error {
	t := command.NewTable(cmd.OutOrStdout(), "ID", "NAME", "USER", "CREATED", "LAST USED", "EXPIRES", "RATE", "STATE")
	err := c.APIKeys(ctx, login, prefix, func(k manage.APIKey) error {
		t.Row(k.ID, k.Name, command.Who(k.Login, k.Subject, k.User), day(k.Created), command.Moment(k.LastUsed), end(k.Expires), rate(k), k.State)
		return nil
	})
	if err != nil {
		return err
	}
	return t.Flush()
}

func rate(k manage.APIKey) string {
	if k.Rate == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/min", k.Rate)
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func end(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return command.Moment(t)
}

func newAPIKeyRotate() *cobra.Command {
	overlap := config.Duration(24 * time.Hour)
	cmd := &cobra.Command{
		Use:   "rotate ID",
		Short: "Replace the secret of an API key; the old one stays valid for a while",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if overlap.Std() > core.MaxOverlap {
				return fmt.Errorf("--overlap is %s: the overlap of two secrets must be 0 to %s", overlap, config.Duration(core.MaxOverlap))
			}
			return command.Change(cmd, func(ctx context.Context, c *manage.Client) error {
				key, err := c.RotateAPIKey(ctx, args[0], overlap.Std())
				if err != nil {
					return err
				}
				tellRotated(cmd.OutOrStdout(), key)
				return nil
			})
		},
	}
	command.DurationVar(cmd.Flags(), &overlap, "overlap", "how long the old secret stays valid; 0 ends it at once")
	return cmd
}

// tellRotated prints what happened to the previous secrets.
func tellRotated(w io.Writer, k manage.APIKey) {
	until := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	fmt.Fprintf(w, "rotated key %s\n", k.ID)
	switch {
	case !k.OldUntil.IsZero():
		left := config.Duration(time.Until(k.OldUntil).Round(time.Second))
		fmt.Fprintf(w, "the old secret still works until %s (%s)\n", until(k.OldUntil), left)
	case k.OldState != "" && k.OldState != manage.StateLive:
		fmt.Fprintf(w, "the old secret was already refused (%s), and stays refused\n", k.OldState)
	default:
		fmt.Fprintln(w, "the old secret is refused from now on")
	}
	if !k.Cut.IsZero() {
		fmt.Fprintf(w, "an even older secret (valid until %s) is refused from now on, too\n", until(k.Cut))
	}
	showKey(w, k)
}

func newAPIKeyRevoke() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "Revoke an API key",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return command.Change(cmd, func(ctx context.Context, c *manage.Client) error {
				r, err := c.RevokeAPIKey(ctx, args[0])
				if err != nil {
					return err
				}
				command.TellRevoked(cmd.OutOrStdout(), r)
				return nil
			})
		},
	}
}
