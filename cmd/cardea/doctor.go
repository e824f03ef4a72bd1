package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/config"
)

func newDoctor() *cobra.Command {
	var direct string
	cmd := &cobra.Command{
		Use:   "doctor URL",
		Short: "Find out why clients of a WordPress cannot log in: each finding with what a client sees, and its cure",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := newProbe(args[0])
			if err != nil {
				return err
			}
			d := doctor{probe: p, now: time.Now, direct: direct, fromFile: func() (*config.Config, error) {
				if cmd.Flag("config").Value.String() == "" && !exists(config.FileName) {
					return nil, nil
				}
				cfg, _, err := loadConfig(cmd)
				return cfg, err
			}}
			return d.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&direct, "direct", "", "address of the WordPress behind the gate: it must not answer there")
	return cmd
}

// doctor checks a site from outside.
type doctor struct {
	*probe
	direct   string
	now      func() time.Time
	fromFile func() (*config.Config, error) // nil without a configuration
}

// finding is what a check came to; the zero value is "fine".
type finding struct {
	wrong string // what is wrong
	seen  string // what a client sees of it
	cure  string
	skip  string // why the check could not be made
}

// cures are the remedies by the code that a client sees.
func cures() map[string]string {
	return map[string]string{
		"jwt_auth_no_auth_header": "the server drops the Authorization header: paste what 'cardea snippet apache --for authorization-header' prints (or nginx), or give the rules a header of their own",
		"jwt_auth_bad_config":     "the secret is missing or too weak: set JWT_AUTH_SECRET_KEY in wp-config.php, or the mount's secret, to 32 random bytes or more",
		"rest_no_route":           "the plugin is not active, or the mount's prefix is another: activate it, or compare mounts in the configuration",
		"rest_forbidden":          "the user lacks the role: give it in WordPress, or look at the rule with 'cardea config print'",
		"cardea_bad_assertion":    "the site does not know this gate: paste what 'cardea keys export --for assertion' prints into wp-config.php",
		"cardea_required":         "the site answers through its gate only: ask at the gate's address",
	}
}

func (d doctor) run(ctx context.Context, out io.Writer) error {
	bad := 0
	for _, c := range []struct {
		name string
		run  func(context.Context) finding
	}{
		{"rest api", d.posts}, {"token endpoints", d.namespace}, {"authorization", d.authorization}, {"cors", d.cors},
		{"https", d.https}, {"secret", d.secret}, {"assertion key", d.assertionKey}, {"clock", d.clock}, {"direct access", d.directAccess},
	} {
		switch f := c.run(ctx); {
		case f.skip != "":
			fmt.Fprintf(out, "-    %-16s %s\n", c.name, f.skip)
		case f.wrong == "":
			fmt.Fprintf(out, "ok   %s\n", c.name)
		default:
			bad++
			fmt.Fprintf(out, "BAD  %-16s %s\n     a client sees: %s\n     cure: %s\n", c.name, f.wrong, f.seen, f.cure)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of the checks found something", bad)
	}
	return nil
}

// look is the part that checks share: whether an answer came, and from the site.
func (d doctor) look(ctx context.Context, method, path string, headers ...string) (reply, finding) {
	r, err := d.ask(ctx, method, path, "", headers...)
	if err != nil {
		return r, finding{wrong: "no answer: " + err.Error(), seen: "a connection error", cure: "start the server, and look at name, port and firewall"}
	}
	if r.blocked() {
		return r, finding{wrong: fmt.Sprintf("%s answers %d with a page instead of JSON", path, r.status), seen: "HTML where JSON is expected",
			cure: "a security plugin or firewall blocks the REST API: let /wp-json/ pass in its settings"}
	}
	return r, finding{}
}

func (d doctor) posts(ctx context.Context) finding {
	r, f := d.look(ctx, http.MethodGet, "/wp-json/wp/v2/posts")
	if f.wrong != "" || r.status == http.StatusOK && r.isJSON || r.code == "no_credential" {
		return f // a rule that asks for credentials is no illness
	}
	if cure := cures()[r.code]; cure != "" {
		return finding{wrong: "the posts cannot be read: " + r.String(), seen: r.code, cure: cure}
	}
	return finding{wrong: "/wp-json/wp/v2/posts answers " + r.String(), seen: "404 or a page instead of JSON",
		cure: "in Settings > Permalinks choose any structure but Plain, or use ?rest_route="}
}

func (d doctor) namespace(ctx context.Context) finding {
	r, f := d.look(ctx, http.MethodGet, "/wp-json/jwt-auth/v1")
	if f.wrong != "" || r.status == http.StatusOK && r.isJSON {
		return f
	}
	return finding{wrong: "/wp-json/jwt-auth/v1 answers " + r.String(), seen: "rest_no_route", cure: cures()["rest_no_route"]}
}

func (d doctor) authorization(ctx context.Context) finding {
	r, f := d.look(ctx, http.MethodPost, "/wp-json/jwt-auth/v1/token/validate", "Authorization", "Bearer a.b.c")
	switch {
	case f.wrong != "":
		return f
	case r.code == "jwt_auth_no_auth_header", r.code == "jwt_auth_bad_config":
		return finding{wrong: "token/validate answers " + r.code + " to a request with a token", seen: r.code, cure: cures()[r.code]}
	case strings.HasPrefix(r.code, "jwt_auth_"):
		return f
	}
	return finding{skip: "token/validate answers " + r.String() + ": it cannot be told whether the header arrives"}
}

func (d doctor) https(context.Context) finding {
	u, err := url.Parse(d.base)
	switch {
	case err != nil || u.Scheme == "https":
		return finding{}
	case u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(), "127.") || u.Hostname() == "::1":
		return finding{skip: "plain HTTP on this machine"}
	}
	return finding{wrong: "passwords and tokens travel in the clear", seen: "nothing, and neither does whoever listens",
		cure: "give server.tls a certificate, or put a proxy with one in front and list it in server.trusted_proxies"}
}

// skew is how far clocks may be apart before assertions and tokens fail.
const skew = 5 * time.Second

func (d doctor) clock(ctx context.Context) finding {
	r, f := d.look(ctx, http.MethodHead, "/wp-json/")
	if f.wrong != "" {
		return finding{skip: f.wrong}
	}
	at, err := http.ParseTime(r.header.Get("Date"))
	if err != nil {
		return finding{skip: "the answer has no date"}
	}
	if off := d.now().Sub(at); off > skew || off < -skew {
		return finding{wrong: fmt.Sprintf("the clocks are %s apart", off.Abs().Round(time.Second)), seen: "jwt_auth_invalid_token, cardea_bad_assertion",
			cure: "let both machines keep time by NTP"}
	}
	return finding{}
}

func (d doctor) directAccess(ctx context.Context) finding {
	if d.direct == "" {
		return finding{skip: "give --direct with the address of the WordPress itself"}
	}
	p, err := newProbe(d.direct)
	if err != nil {
		return finding{wrong: err.Error(), seen: "-", cure: "write --direct as http://127.0.0.1:8081"}
	}
	r, err := p.ask(ctx, http.MethodGet, "/wp-json/wp/v2/posts", "")
	var unreachable *url.Error
	if errors.As(err, &unreachable) || r.code == "cardea_required" {
		return finding{}
	}
	return finding{wrong: "the WordPress answers past the gate: " + r.String(), seen: "nothing: what the gate refuses is open there",
		cure: "define('CARDEA_REQUIRE', true) in wp-config.php, and let only the gate reach the site"}
}
