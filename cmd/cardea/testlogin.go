package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
)

func newTestLogin() *cobra.Command {
	var user, route string
	cmd := &cobra.Command{
		Use:   "test-login URL --user NAME",
		Short: "Log in as a client of the JWT plugin does, and show each step; the password comes from standard input",
		Long: `Log in as a client of the JWT plugin does, and show each step.

URL is the gate's address or the site's. The steps: a token for name and
password, token/validate, and one call with the token. The password is read from
standard input, and neither it nor the token is shown.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := newProbe(args[0])
			if err != nil {
				return err
			}
			password, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), 4096))
			if err != nil {
				return err
			}
			t := loginTest{probe: p, out: cmd.OutOrStdout()}
			return t.run(cmd.Context(), user, strings.TrimRight(string(password), "\r\n"), route)
		},
	}
	cmd.Flags().StringVar(&user, "user", "", "login name")
	cmd.Flags().StringVar(&route, "route", "/wp-json/wp/v2/users/me", "what to call with the token")
	return cmd
}

// loginTest goes through the steps and stops at the first that fails.
type loginTest struct {
	*probe
	out io.Writer
}

func (t loginTest) run(ctx context.Context, user, password, route string) error {
	if user == "" || password == "" || !strings.HasPrefix(route, "/") {
		return errors.New("give --user, the password on standard input, and a --route that begins with a slash")
	}
	in, err := json.Marshal(map[string]string{"username": user, "password": password})
	if err != nil {
		return err
	}
	got, err := t.step(ctx, "token", http.MethodPost, "/wp-json/jwt-auth/v1/token", string(in), "Content-Type", "application/json")
	if err != nil {
		return err
	}
	token, _ := got.body["token"].(string)
	if token == "" {
		return errors.New("token: the answer holds no token: is this the address of a site with a JWT plugin or of its gate?")
	}
	bearer := "Bearer " + token
	if _, err := t.step(ctx, "validate", http.MethodPost, "/wp-json/jwt-auth/v1/token/validate", "", "Authorization", bearer); err != nil {
		return err
	}
	_, err = t.step(ctx, "call", http.MethodGet, route, "", "Authorization", bearer)
	return err
}

func (t loginTest) step(ctx context.Context, name, method, path, body string, headers ...string) (reply, error) {
	r, err := t.ask(ctx, method, path, body, headers...)
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(t.out, "%-9s %-4s %s  %s\n", name, method, path, r)
	if r.status/100 == 2 {
		return r, nil
	}
	if cure := cures()[r.code]; cure != "" {
		return r, fmt.Errorf("%s was refused with %s: %s", name, r, cure)
	}
	return r, fmt.Errorf("%s was refused with %s: 'cardea doctor %s' may know why", name, r, t.base)
}
