package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

func newUser() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Manage the users that Cardea keeps"}
	cmd.AddCommand(newUserAdd(), newUserList(), newUserPasswd(), newUserDisable(), newUserDelete())
	return cmd
}

// withAccounts is withAdmin for a command about users and API keys.
func withAccounts(cmd *cobra.Command, do func(context.Context, *core.Accounts) error) error {
	return withAdmin(cmd, func(ctx context.Context, e *core.Engine) error {
		accounts, err := e.Accounts()
		if err != nil {
			return err
		}
		return do(ctx, accounts)
	})
}

// withUser is withAccounts for a command about one user.
func withUser(cmd *cobra.Command, login string, do func(context.Context, *core.Accounts, api.User) error) error {
	return withAccounts(cmd, func(ctx context.Context, a *core.Accounts) error {
		u, err := a.ByLogin(ctx, login)
		if errors.Is(err, core.ErrNotFound) {
			return unknownUser(login)
		}
		if err != nil {
			return err
		}
		return do(ctx, a, u)
	})
}

func unknownUser(login string) error {
	return fmt.Errorf("no user has the login or e-mail address %q: 'cardea user list' shows all", login)
}

func newUserAdd() *cobra.Command {
	var u users.NewUser
	var password passwordFlags
	cmd := &cobra.Command{
		Use:   "add LOGIN",
		Short: "Add a user",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			u.Login = args[0]
			text, made, err := password.readFor(cmd, &u)
			if err != nil {
				return err
			}
			return withAccounts(cmd, func(ctx context.Context, a *core.Accounts) error {
				added, err := a.Create(ctx, u, actor())
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "added user %s (number %d, subject %s)\n", added.Login, added.Number, added.Subject)
				return showPassword(cmd.OutOrStdout(), text, made)
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
	password.add(cmd)
	password.addHash(cmd)
	return cmd
}

func newUserList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List users",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd, func(ctx context.Context, a *core.Accounts) error {
				t := newTable(cmd.OutOrStdout(), "NUMBER", "LOGIN", "E-MAIL", "ROLES", "STATE", "SUBJECT")
				for after, more := int64(0), true; more; {
					list, err := a.List(ctx, after, pageSize)
					if err != nil {
						return err
					}
					for _, u := range list {
						t.row(u.Number, u.Login, u.Email, strings.Join(u.Roles, ","), stateOf(u), u.Subject)
						after = u.Number
					}
					more = len(list) == pageSize
				}
				return t.Flush()
			})
		},
	}
}

// pageSize is how many rows a listing reads at a time.
const pageSize = 500

func stateOf(u api.User) string {
	if u.Disabled {
		return "disabled"
	}
	return "enabled"
}

func newUserPasswd() *cobra.Command {
	var password passwordFlags
	cmd := &cobra.Command{
		Use:   "passwd LOGIN",
		Short: "Set a user's password; their tokens and sessions end",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, made, err := password.read(cmd)
			if err != nil {
				return err
			}
			return withUser(cmd, args[0], func(ctx context.Context, a *core.Accounts, u api.User) error {
				if err := a.SetPassword(ctx, u.Subject, text, actor()); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "set the password of %s\n", u.Login)
				return showPassword(cmd.OutOrStdout(), text, made)
			})
		},
	}
	password.add(cmd)
	return cmd
}

func newUserDisable() *cobra.Command {
	var enable bool
	cmd := &cobra.Command{
		Use:   "disable LOGIN",
		Short: "Disable a user; their tokens, keys and sessions end",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withUser(cmd, args[0], func(ctx context.Context, a *core.Accounts, u api.User) error {
				if err := a.SetDisabled(ctx, u.Subject, !enable, actor()); err != nil {
					return err
				}
				u.Disabled = !enable
				fmt.Fprintf(cmd.OutOrStdout(), "%s is %s\n", u.Login, stateOf(u))
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&enable, "undo", false, "enable the user again")
	return cmd
}

func newUserDelete() *cobra.Command {
	return &cobra.Command{
		Use:   "delete LOGIN",
		Short: "Delete a user; their tokens, keys and sessions end",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withUser(cmd, args[0], func(ctx context.Context, a *core.Accounts, u api.User) error {
				if err := a.Delete(ctx, u, actor()); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "deleted %s\n", u.Login)
				return nil
			})
		},
	}
}

// passwordFlags says where a password comes from. Never from the command line:
// other users of the machine can read that.
type passwordFlags struct {
	file  string
	stdin bool
	hash  string // file with a hash in the place of a password
}

func (p *passwordFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.file, "password-file", "", "read the password from the first line of this file")
	cmd.Flags().BoolVar(&p.stdin, "password-stdin", false, "read the password from the first line of standard input")
	cmd.MarkFlagsMutuallyExclusive("password-file", "password-stdin")
}

// addHash adds the flag for a hash from elsewhere.
func (p *passwordFlags) addHash(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.hash, "hash-file", "", "take over a password hash from elsewhere: the first line of this file")
	cmd.MarkFlagsMutuallyExclusive("hash-file", "password-file", "password-stdin")
}

// readFor gives the user a password, or the hash of one; see read.
func (p *passwordFlags) readFor(cmd *cobra.Command, u *users.NewUser) (text api.Secret, made bool, err error) {
	if p.hash == "" {
		u.Password, made, err = p.read(cmd)
		return u.Password, made, err
	}
	line, err := firstLine(os.Open(p.hash))
	if err == nil && line == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", false, fmt.Errorf("read password hash: %w", err)
	}
	u.Hash = api.Secret(line)
	return "", false, nil
}

// read returns the password; made tells that it is new and random. An empty one
// is refused: it is more likely a slip than a wish.
func (p *passwordFlags) read(cmd *cobra.Command) (text api.Secret, made bool, err error) {
	line := ""
	switch {
	case p.file != "":
		line, err = firstLine(os.Open(p.file))
	case p.stdin:
		line, err = firstLine(cmd.InOrStdin(), nil)
	default:
		return api.Secret(rand.Text()), true, nil
	}
	if err == nil && line == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", false, fmt.Errorf("read password: %w", err)
	}
	return api.Secret(line), false, nil
}

// maxPassword bounds a password in bytes, its line's end included.
const maxPassword = 4096

// firstLine reads the first line of r and closes it if it can be closed.
func firstLine(r io.Reader, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if c, ok := r.(io.Closer); ok {
		defer c.Close()
	}
	line, err := bufio.NewReader(io.LimitReader(r, maxPassword+1)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if len(line) > maxPassword {
		return "", fmt.Errorf("its first line has more than %d bytes", maxPassword)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func showPassword(w io.Writer, text api.Secret, made bool) error {
	if !made {
		return nil
	}
	_, err := fmt.Fprintf(w, "password: %s   (shown once)\n", text.Reveal())
	return err
}
