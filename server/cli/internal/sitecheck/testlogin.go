package sitecheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
)

// NewTestLogin returns the test-login command.
func NewTestLogin() *cobra.Command {
	var user, route string
	var s spoken
	cmd := &cobra.Command{
		Use:   "test-login URL --user NAME",
		Short: "Log in like a client of the JWT plugin, and show each step; the password is read from standard input",
		Long: `Log in like a client of the JWT plugin, and show each step.

URL is the address of the gateway or of the site. The steps are: get a token for
name and password, let the plugin validate the token, and make one call with it. The
password is read from standard input. Neither the password nor the token is shown.

The dialect, the prefix and the header come from --dialect, --prefix and --header,
otherwise from the configuration, otherwise from the site's answers to requests
without credentials. The password is sent only to a site whose dialect was
identified, or is given with --dialect.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := newProbe(args[0])
			if err != nil {
				return err
			}
			cfg, err := configHere(cmd)
			if err != nil {
				return err
			}
			password, err := command.FirstLine(cmd.InOrStdin(), nil)
			if err != nil {
				return fmt.Errorf("read password: %w", err)
			}
			t := loginTest{probe: p, out: cmd.OutOrStdout(), types: command.Types(cmd).Dialects}
			if t.spoken, err = s.completed(p, cfg, t.types); err != nil {
				return err
			}
			return t.run(cmd.Context(), user, password, route)
		},
	}
	cmd.Flags().StringVar(&user, "user", "", "login name")
	cmd.Flags().StringVar(&route, "route", "", "path to call with the token (default: one that the dialect accepts tokens on, such as users/me)")
	addSpoken(cmd, &s)
	return cmd
}

// configHere loads the configuration that --config names, or the default one, which may be
// the profile of 'cardea dev'. It returns nil if there is none.
func configHere(cmd *cobra.Command) (*config.Config, error) {
	cfg, prov, err := command.LoadConfig(cmd)
	if err != nil || prov.File == "" {
		return nil, err
	}
	return cfg, nil
}

func errNoDialect(name string, types map[string]dialect.Opener) error {
	return fmt.Errorf("there is no dialect %q: choose one of %s", name, strings.Join(slices.Sorted(maps.Keys(types)), ", "))
}

// errNoClient is the error for a dialect that is not a [dialect.ClientDescriber].
func errNoClient(name string) error {
	return fmt.Errorf("the dialect %s does not describe how its clients log in, so it cannot be checked from outside", name)
}

// loginTest runs the steps of a login and stops at the first that fails.
type loginTest struct {
	*probe
	spoken
	types map[string]dialect.Opener
	out   io.Writer
}

func (t loginTest) run(ctx context.Context, user, password, route string) error {
	if user == "" || password == "" || route != "" && !strings.HasPrefix(route, "/") {
		return errors.New("give --user, the password on standard input, and a --route that begins with a slash")
	}
	c, err := t.chosen(ctx)
	if err != nil {
		return err
	}
	token, err := t.login(ctx, c, user, password)
	if err != nil {
		return err
	}
	if err := t.validate(ctx, c, token); err != nil {
		return err
	}
	try := dialect.Call{Method: http.MethodGet, Path: t.prefix + c.Try.Path}
	if route != "" {
		try.Path = route
	}
	name, value := t.credential(token)
	return t.step(ctx, "call", c, try, "", nil, name, value)
}

// chosen detects the dialect and prints it. It returns an error if no dialect answers,
// unless --dialect names one, so that the password is not sent to an unrelated route.
func (t loginTest) chosen(ctx context.Context) (dialect.NamedClient, error) {
	if _, ok := dialect.ClientOf(t.types, t.dialect); t.dialect != "" && !ok {
		return dialect.NamedClient{}, errNoClient(t.dialect)
	}
	c, ok, err := t.whom(ctx, t.probe, t.types)
	switch {
	case err != nil:
		return c, fmt.Errorf("dialect: %w", err)
	case ok && t.dialect == "":
		t.from = "the site's answer"
	case !ok && t.dialect == "":
		return c, fmt.Errorf("no dialect answers at %s%s, and the password was not sent: check that this is the address of a site with a JWT plugin or of its gateway, give --prefix, or give --dialect to skip the detection", t.base, t.prefix)
	case !ok && t.from != "--dialect":
		return c, fmt.Errorf("%s is %s, which does not answer at %s%s; the password was not sent: check the address and the prefix, or give --dialect", t.from, t.dialect, t.base, t.prefix)
	}
	fmt.Fprintf(t.out, "%-9s %s (%s), by %s\n", "dialect", c.Dialect, c.Plugin, t.from)
	return c, nil
}

func (t loginTest) login(ctx context.Context, c dialect.NamedClient, user, password string) (string, error) {
	contentType, body, err := c.LoginBody(user, password)
	if err != nil {
		return "", err
	}
	var got reply
	at := dialect.Call{Method: c.Login.Method, Path: t.prefix + c.Login.Path}
	if err := t.step(ctx, "token", c, at, body, &got, "Content-Type", contentType); err != nil {
		return "", err
	}
	token := c.TokenIn(got.answer())
	if !isHeaderText(token) {
		at := "as its text"
		if len(c.Token) > 0 {
			at = "at " + strings.Join(c.Token, ".")
		}
		return "", fmt.Errorf("token: the answer has no token %s, where %s puts it: check the dialect and whether the plugin is configured", at, c.Plugin)
	}
	return token, nil
}

// isHeaderText reports whether a token can be sent in a header. A page or message in the
// place of a token cannot.
func isHeaderText(token string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	return token != "" && !strings.ContainsFunc(token, odd)
}

func (t loginTest) validate(ctx context.Context, c dialect.NamedClient, token string) error {
	if c.Validate.Path == "" {
		fmt.Fprintf(t.out, "%-9s the plugin has no such route\n", "validate")
		return nil
	}
	at := dialect.Call{Method: c.Validate.Method, Path: t.prefix + c.Validate.Path}
	name, value := t.credential(token)
	return t.step(ctx, "validate", c, at, "", nil, name, value)
}

// step makes a request, prints the response, and stores it in got if that is not nil.
func (t loginTest) step(ctx context.Context, name string, c dialect.NamedClient, at dialect.Call, body string, got *reply, headers ...string) error {
	r, err := t.ask(ctx, at.Method, at.Path, body, headers...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(t.out, "%-9s %-4s %s  %s\n", name, at.Method, at.Path, r)
	if got != nil {
		*got = r
	}
	if !r.refused() {
		return nil
	}
	cure := cmp.Or(cures()[r.code], c.Cures[r.code])
	if slices.Contains(c.NoHeader, r.code) && (name == "validate" || cure == "") {
		cure = t.dropped()
	}
	if cure == "" {
		cure = fmt.Sprintf("'cardea doctor %s' may show why", command.Word(t.base))
	}
	return fmt.Errorf("%s was refused with %s: %s", name, r, cure)
}
