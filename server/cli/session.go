package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/manage"
)

func newSession() *cobra.Command {
	cmd := &cobra.Command{Use: "session", Short: "Manage sessions: a login and the tokens refreshed from it"}
	cmd.AddCommand(newSessionList(), newSessionRevoke())
	return cmd
}

func newSessionList() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list [LOGIN]",
		Short: "List sessions, of one user or of all",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			login, err := oneOf(args)
			if err != nil {
				return err
			}
			return command.Administer(cmd, func(ctx context.Context, c *manage.Client) error {
				return listSessions(ctx, cmd.OutOrStdout(), c, login, all)
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also list ended sessions")
	return cmd
}

// oneOf returns the optional login, or "" if it was left out.
func oneOf(args []string) (string, error) {
	switch {
	case len(args) == 0:
		return "", nil
	case args[0] == "":
		return "", errors.New("the login is empty: leave it out for all users")
	}
	return args[0], nil
}

func listSessions(ctx context.Context, w io.Writer, c *manage.Client, login string, all bool) error {
	t := command.NewTable(w, "SESSION", "USER", "TOKEN FORMAT", "DEVICE", "PEER", "BEGUN", "USED", "STATE")
	err := c.Sessions(ctx, login, func(s manage.Session) error {
		if all || s.State == manage.StateLive || strings.HasPrefix(s.State, manage.StateUnknown) {
			t.Row(s.ID, command.Who(s.Login, s.Subject, s.User), cmp.Or(s.TokenFormat, policy.NativeName), fmt.Sprintf("%.40s", s.Device), s.Peer, command.Moment(s.Created), command.Moment(s.Used), s.State)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.Flush()
}

func newSessionRevoke() *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:   "revoke [SESSION]",
		Short: "End a session and its tokens, or with --user all sessions, tokens and API keys of a user",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && user != "":
				return fmt.Errorf("session %.60q and user %.60q are given: give one", args[0], user)
			case len(args) == 0 && user == "":
				return errors.New("name a session, or a user with --user")
			}
			return command.Change(cmd, func(ctx context.Context, c *manage.Client) error {
				if user != "" {
					r, err := c.Logout(ctx, user)
					if err != nil {
						return err
					}
					command.TellLoggedOut(cmd.OutOrStdout(), r)
					return nil
				}
				r, err := c.RevokeSession(ctx, args[0])
				if err != nil {
					return err
				}
				command.TellRevoked(cmd.OutOrStdout(), r)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&user, "user", "", "end all sessions, tokens and API keys of this user, at all sites of a network")
	return cmd
}
