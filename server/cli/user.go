package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/manage"
)

func newUser() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Manage the users that Cardea stores"}
	cmd.AddCommand(newUserAdd(), newUserList(), newUserPasswd(), newUserDisable(), newUserDelete())
	return cmd
}

func newUserAdd() *cobra.Command {
	var u manage.NewUser
	var password command.PasswordFlags
	cmd := &cobra.Command{
		Use:   "add LOGIN",
		Short: "Add a user",
		Long:  "Add a user.\n\n" + command.PasswordHelp,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			u.Login = args[0]
			text, made, err := password.ReadFor(cmd, &u)
			if err != nil {
				return err
			}
			return command.ChangeOrCreate(cmd, func(ctx context.Context, c *manage.Client) error {
				added, err := c.AddUser(ctx, u)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "added user %s (number %d, subject %s)\n", added.Login, added.Number, added.Subject)
				command.ShowPassword(cmd.OutOrStdout(), nameOf(added), text, made)
				return warnRoles(cmd, u.Roles)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&u.Email, "email", "", "e-mail address")
	f.StringVar(&u.Nicename, "nicename", "", "name in URLs (default: the login)")
	f.StringVar(&u.Display, "display", "", "name shown to people (default: the login)")
	f.StringVar(&u.FirstName, "first-name", "", "first name")
	f.StringVar(&u.LastName, "last-name", "", "last name")
	f.StringArrayVar(&u.Roles, "role", []string{"subscriber"}, "role; repeat for several")
	f.Int64Var(&u.Number, "number", 0, "number, such as a WordPress user id (default: the next free one)")
	f.StringVar(&u.Subject, "subject", "", "stable subject of tokens (default: random)")
	f.BoolVar(&u.Disabled, "disabled", false, "add the user disabled")
	password.Add(cmd)
	password.AddHash(cmd)
	return cmd
}

// warnRoles warns about roles that rules do not know, but almost.
func warnRoles(cmd *cobra.Command, roles []string) error {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return err
	}
	cfg, _, err := config.Load(command.OptionsFor(cmd, path, false))
	if err != nil {
		return nil // the error was printed, and the user exists
	}
	for _, role := range roles {
		if near := check.LikelyRole(cfg, role); near != "" {
			fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: no rule names the role %.60q, and names are compared exactly; did you mean %s?\n", role, near)
		}
	}
	return nil
}

func newUserList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List users",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return command.Administer(cmd, func(ctx context.Context, c *manage.Client) error {
				t := command.NewTable(cmd.OutOrStdout(), "NUMBER", "LOGIN", "E-MAIL", "ROLES", "STATE", "SUBJECT")
				err := c.Users(ctx, func(u manage.User) error {
					t.Row(u.Number, u.Login, u.Email, strings.Join(u.Roles, ","), stateOf(u), u.Subject)
					return nil
				})
				if err != nil {
					return err
				}
				return t.Flush()
			})
		},
	}
}

func stateOf(u manage.User) string {
	if u.Disabled {
		return "disabled"
	}
	return "enabled"
}

func newUserPasswd() *cobra.Command {
	var password command.PasswordFlags
	cmd := &cobra.Command{
		Use:   "passwd LOGIN",
		Short: "Set a user's password; their tokens and sessions end",
		Long:  "Set a user's password; their tokens and sessions end.\n\n" + command.PasswordHelp,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, made, err := password.Read(cmd)
			if err != nil {
				return err
			}
			return command.Change(cmd, func(ctx context.Context, c *manage.Client) error {
				u, err := c.SetPassword(ctx, args[0], text)
				if err != nil {
					return err
				}
				tellPasswordSet(cmd.OutOrStdout(), u)
				command.ShowPassword(cmd.OutOrStdout(), nameOf(u.User), text, made)
				return nil
			})
		},
	}
	password.Add(cmd)
	return cmd
}

// nameOf returns what commands take for a user.
func nameOf(u manage.User) string { return cmp.Or(u.Name, u.Login) }

// whoIs returns how the user of a response is called.
func whoIs(u manage.User) string { return command.Who(u.Login, u.Subject, u.Name) }

// tellPasswordSet prints what was revoked with the old password, what stays valid, and
// whether the user can log in with the new one.
func tellPasswordSet(w io.Writer, u manage.PasswordSet) {
	says := "their sessions and tokens have ended"
	if !u.TokensEnded {
		says = fmt.Sprintf("their sessions and tokens stay valid, as revocation.on.password is false: 'cardea session revoke --user %s' ends them", command.Word(nameOf(u.User)))
	}
	fmt.Fprintf(w, "set the password of %s; %s\n", whoIs(u.User), says)
	if u.LiveAPIKeys > 0 {
		fmt.Fprintf(w, "still accepted: %s; 'cardea apikey list %s' shows all\n", command.Count(u.LiveAPIKeys, "API key"), command.Argument(nameOf(u.User)))
	}
	if u.Disabled {
		fmt.Fprintf(w, "%s is disabled and cannot log in: '%s' enables the account\n", u.Login, command.Undo(nameOf(u.User)))
	}
	tellBlocked(w, u.User)
}

// tellBlocked prints that failed passwords still delay the user's logins.
func tellBlocked(w io.Writer, u manage.User) {
	if !u.BlockedUntil.IsZero() {
		fmt.Fprintf(w, "after too many wrong passwords, logins of %s can be refused with 429 until %s, with the right password too; only addresses from which the user lately logged in may be let in earlier\n",
			u.Login, command.Moment(u.BlockedUntil.Add(time.Second-1))) // no earlier, in whole seconds
	}
}

func newUserDisable() *cobra.Command {
	var enable bool
	cmd := &cobra.Command{
		Use:   "disable LOGIN",
		Short: "Disable a user; their tokens, keys and sessions end",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return command.Change(cmd, func(ctx context.Context, c *manage.Client) error {
				u, err := c.SetDisabled(ctx, args[0], !enable)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s is %s; %s\n", whoIs(u), stateOf(u), disabledText(u))
				if enable {
					tellBlocked(cmd.OutOrStdout(), u)
				}
				warnLastAdministrator(cmd, u)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&enable, "undo", false, "enable the user again")
	return cmd
}

// warnLastAdministrator warns that no administrator is left.
func warnLastAdministrator(cmd *cobra.Command, u manage.User) {
	if u.LastAdministrator {
		fmt.Fprintln(cmd.ErrOrStderr(), "cardea: warning: that was the last administrator who could log in: 'cardea user add LOGIN --role administrator' adds another")
	}
}

// disabledText returns what happened to the credentials of a user who was disabled or
// enabled.
func disabledText(u manage.User) string {
	switch {
	case u.Disabled && u.TokensEnded:
		return fmt.Sprintf("their sessions, tokens and API keys are revoked permanently: '%s' restores none of them", command.Undo(nameOf(u)))
	case u.Disabled:
		return fmt.Sprintf("logins, refreshes, API keys and tokens of mounts are refused; tokens in Cardea's own format stay valid until they expire, here too, and --undo restores sessions and tokens of mounts, but no session whose client tried to refresh it meanwhile, as revocation.on.disable is false: 'cardea session revoke --user %s' ends everything", command.Word(nameOf(u)))
	case u.TokensEnded:
		return "sessions, tokens and API keys from before stay revoked"
	}
	return "API keys from before stay revoked; sessions and tokens that have neither expired nor been revoked are valid"
}

func newUserDelete() *cobra.Command {
	return &cobra.Command{
		Use:   "delete LOGIN",
		Short: "Delete a user; their tokens, keys and sessions end",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return command.Change(cmd, func(ctx context.Context, c *manage.Client) error {
				u, err := c.DeleteUser(ctx, args[0])
				if err != nil {
					return err
				}
				says := "their sessions, tokens and API keys have ended"
				if !u.TokensEnded {
					says = "their API keys have ended; tokens stay valid until they expire, as revocation.on.delete is false: 'cardea token revoke --everything' ends them with all others"
				}
				fmt.Fprintf(cmd.OutOrStdout(), "deleted %s; %s\n", whoIs(u), says)
				warnLastAdministrator(cmd, u)
				return nil
			})
		},
	}
}
