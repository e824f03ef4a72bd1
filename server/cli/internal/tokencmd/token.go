package tokencmd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/manage"
)

// New returns the token command with its subcommands.
func New() *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "Inspect, issue, verify and revoke tokens"}
	cmd.AddCommand(newInspect(), newIssue(), newVerify(), newRevoke())
	return cmd
}

func newInspect() *cobra.Command {
	var only bool
	cmd := &cobra.Command{
		Use:   "inspect [TOKEN]",
		Short: "Show what a token says and whether it would be accepted here",
		Long: `Show what a token says and whether it would be accepted here: by the running
server or, if there is none, by one with this configuration. Refresh tokens and API
keys work too.

Where no server runs, mistakes in the configuration are left out with a warning; if
one concerns what decides on the credential, no answer is given.

Without an argument the token is read from standard input, which keeps it out
of the shell's history.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := command.TokenText(cmd, args)
			if err != nil {
				return err
			}
			if !isOpaque(text) {
				err = showToken(cmd.OutOrStdout(), text)
			} else if only {
				err = errors.New("a refresh token or an API key cannot be decoded: leave --decode-only out")
			}
			if err != nil || only {
				return err
			}
			return showVerdict(cmd, text)
		},
	}
	cmd.Flags().BoolVar(&only, "decode-only", false, "do not verify: needs no configuration")
	return cmd
}

// isOpaque reports whether the text is a credential of ours that only the store can
// identify.
func isOpaque(text string) bool {
	return strings.HasPrefix(text, credential.KeyPrefix) || strings.HasPrefix(text, session.RefreshPrefix)
}

// showToken prints a token without verifying it. Its claims are untrusted, so they are
// printed as JSON, which escapes control characters.
func showToken(w io.Writer, text string) error {
	t, err := token.Parse(text)
	if err != nil {
		return fmt.Errorf("this is not a token that could be accepted: %w", err)
	}
	h := t.Header()
	claims, err := json.Marshal(t.Claims())
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, claims, "", "  "); err != nil {
		return err
	}
	fmt.Fprintf(w, "algorithm  %q\ntype       %q\nkey id     %q\nclaims     %s\n", h.Algorithm, h.Type, h.KeyID, pretty.Bytes())
	for _, name := range []string{"iat", "nbf", "exp"} {
		if n, ok := t.Claims().Int(name); ok {
			fmt.Fprintf(w, "%-10s %s\n", name, time.Unix(n, 0).UTC().Format(time.RFC3339))
		}
	}
	return nil
}

// showVerdict asks the running server, or an engine with its configuration if none is
// running.
func showVerdict(cmd *cobra.Command, text string) error {
	return command.ManageBeside(cmd, command.Reads, decidingOn(text), func(ctx context.Context, c *manage.Client, without command.Without) error {
		i, err := c.Inspect(ctx, api.Secret(text))
		if err == nil {
			err = checkTold(fmt.Sprintf("whether the %s is accepted", strings.TrimPrefix(i.What, "access ")), text, i, without)
		}
		if err != nil {
			return err
		}
		return tellVerdict(cmd.OutOrStdout(), i)
	})
}

// decidingOn returns by which parts of the configuration it is decided whether a credential
// is accepted. Which mount decides on a token is checked once it is known.
func decidingOn(text string) command.Deciding {
	return func(part, method string) bool {
		switch {
		case strings.HasPrefix(text, credential.KeyPrefix):
			return part == "methods" || part == "mounts" || part == "rules" || part == "upstreams"
		case strings.HasPrefix(text, session.RefreshPrefix):
			return false
		}
		return part == "methods" && method != "basic" && method != "apikey"
	}
}

// checkTold returns an error that what is asked cannot be told if a mount that was left out
// may be the one that decides on the token.
func checkTold(asked, text string, i manage.Inspection, without command.Without) error {
	issuer := ""
	if t, err := token.Parse(text); err == nil {
		issuer = t.Claims().String("iss")
	}
	for _, m := range without.Mounts {
		if mayDecide(m, issuer, i) {
			return fmt.Errorf("%s cannot be told: mount %q has a mistake, and it may be the one that decides. Without it the answer is: %s", asked, cmp.Or(m.Name, "?"), i.State)
		}
	}
	return nil
}

// mayDecide reports whether an omitted mount could decide on a token with that issuer,
// given i, the result without it.
func mayDecide(m command.LeftMount, issuer string, i manage.Inspection) bool {
	known := m.Issuer != "" && issuer != ""
	switch {
	case i.TokenFormat == policy.NativeName:
		return false
	case i.What == "refresh token":
		return i.TokenFormat != "" && (m.Name == i.TokenFormat || m.Name == "")
	case i.State == manage.StateLive: // by another mount
		return known && m.Issuer == issuer
	}
	return !known || m.Issuer == issuer
}

// tellVerdict prints whether a credential is accepted, and where; that it is not is an error.
func tellVerdict(out io.Writer, i manage.Inspection) error {
	if i.State != manage.StateLive {
		if i.Session != "" {
			i.State += fmt.Sprintf("; %s: 'cardea session revoke %s' ends it", i.Note, command.Argument(i.Session))
		}
		return fmt.Errorf("the %s would be refused here: %s", strings.TrimPrefix(i.What, "access "), i.State)
	}
	switch i.What {
	case "refresh token":
		fmt.Fprintf(out, "verdict    accepted: refresh token of session %s of user %q, token format %s\n", i.ID, i.Login, i.TokenFormat)
	case "API key":
		fmt.Fprintf(out, "verdict    accepted: API key %s of user %q, roles %s\n", i.ID, i.Login, strings.Join(i.Roles, ","))
	default:
		fmt.Fprintf(out, "verdict    accepted: user %q, roles %s, token format %s\n", i.Login, strings.Join(i.Roles, ","), i.TokenFormat)
		fmt.Fprintf(out, "session    %s\n", sessionText(i.Session))
	}
	if len(i.Rules) > 0 {
		fmt.Fprintf(out, "counts at  what these rules decide on, unless a hook refuses it: %s\n", strings.Join(i.Rules, ", "))
	}
	if i.Note != "" {
		fmt.Fprintf(out, "but        %s\n", i.Note)
	}
	if len(i.Sites) > 0 {
		fmt.Fprintf(out, "counts at  the sites of %s, and where a rule's accepts_from names %s\n", strings.Join(i.Sites, ", "), i.TokenFormat)
	}
	return nil
}

// sessionText returns what ends an accepted access token. A token that was issued without a
// session has a sid too.
func sessionText(id string) string {
	if id == "" {
		return "none that is live: 'cardea token revoke' revokes the token itself"
	}
	return fmt.Sprintf("%s: 'cardea session revoke %s' ends it and its tokens", id, command.Argument(id))
}

func newIssue() *cobra.Command {
	var format, client string
	cmd := &cobra.Command{
		Use:   "issue LOGIN",
		Short: "Issue an access token for a user",
		Long: `Issue an access token for a user.

If no server is running, a mistake under mounts, plugins or hooks stops the command:
they shape the token, which could allow more without them.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return command.ManageBeside(cmd, command.Begins, shapesToken, func(ctx context.Context, c *manage.Client, _ command.Without) error {
				made, err := c.Issue(ctx, manage.NewToken{Login: args[0], TokenFormat: format, Client: client})
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "expires %s\n", made.Expires.UTC().Format(time.RFC3339))
				command.ShowOnce(cmd.OutOrStdout(), made.Text+"\n", fmt.Sprintf("the new token is lost: 'cardea token revoke --id %s' ends it", command.Word(made.ID)))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&format, "token-format", "", "token format: native, or the name of a mount that has one of its own (default native)")
	cmd.Flags().StringVar(&client, "client", "", "client that the token is for")
	return cmd
}

// shapesToken is the [command.Deciding] of the parts that shape a new token or refuse it.
func shapesToken(part, _ string) bool {
	return part == "mounts" || part == "plugins" || part == "hooks"
}
