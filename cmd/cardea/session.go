package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

func newSession() *cobra.Command {
	cmd := &cobra.Command{Use: "session", Short: "Manage sessions: logins and all that was refreshed from them"}
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
			return withAdmin(cmd, func(ctx context.Context, e *core.Engine) error {
				subject, err := subjectOf(ctx, e, args)
				if err != nil {
					return err
				}
				return listSessions(ctx, cmd.OutOrStdout(), e, subject, all)
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that have ended")
	return cmd
}

// subjectOf returns the subject of the login in args, "" if there is none.
func subjectOf(ctx context.Context, e *core.Engine, args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	id, err := e.Identity(ctx, args[0])
	if errors.Is(err, core.ErrNotFound) {
		return "", fmt.Errorf("no user has the login or e-mail address %q: 'cardea user list' shows all", args[0])
	}
	return id.Subject, err
}

func listSessions(ctx context.Context, w io.Writer, e *core.Engine, subject string, all bool) error {
	t := newTable(w, "SESSION", "SUBJECT", "LAYOUT", "DEVICE", "PEER", "BEGUN", "USED", "STATE")
	for after, more := "", true; more; {
		list, err := e.Sessions(ctx, subject, after, pageSize)
		if err != nil {
			return err
		}
		for _, s := range list {
			after = s.ID
			if state := sessionState(s); all || state == "live" {
				t.row(s.ID, s.Subject, s.Layout, fmt.Sprintf("%.40s", s.Device), s.Peer, moment(s.Created), moment(s.Used), state)
			}
		}
		more = len(list) == pageSize
	}
	return t.Flush()
}

func sessionState(s api.Session) string {
	switch {
	case !s.Ended.IsZero():
		return "ended: " + s.EndedFor
	case !s.Live(time.Now()):
		return "expired"
	}
	return "live"
}

func newSessionRevoke() *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:   "revoke [SESSION]",
		Short: "End a session and its tokens, or with --user everything that a user holds: sessions, tokens and API keys",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (user != "") {
				return errors.New("name a session, or a user with --user")
			}
			return withAdmin(cmd, func(ctx context.Context, e *core.Engine) error {
				if user != "" {
					subject, err := subjectOf(ctx, e, []string{user})
					if err != nil {
						return err
					}
					fmt.Fprintf(cmd.OutOrStdout(), "ending everything that %s holds: sessions, tokens and API keys\n", user)
					return e.LogoutAll(ctx, subject, "revoked", actor())
				}
				err := e.EndSession(ctx, args[0], "revoked", actor())
				if errors.Is(err, core.ErrNotFound) {
					return fmt.Errorf("there is no session %q: 'cardea session list' shows all", args[0])
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "ended session %s\n", args[0])
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&user, "user", "", "end everything that this user holds, at all sites of a network")
	return cmd
}
