package sitecheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
)

// NewDoctor returns the doctor command.
func NewDoctor() *cobra.Command {
	var direct string
	var s spoken
	cmd := &cobra.Command{
		Use:   "doctor URL",
		Short: "Find out why clients of a WordPress cannot log in, with the symptom and the cure of each problem",
		Long: `Find out why clients of a WordPress cannot log in, with the symptom and the cure of
each problem.

The dialect, the prefix and the header come from --dialect, --prefix and --header,
otherwise from the configuration, otherwise from the site's answers to requests
without credentials.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := newProbe(args[0])
			if err != nil {
				return err
			}
			d := doctor{
				probe: p, now: time.Now, direct: direct, points: command.Points(cmd), types: command.Types(cmd).Dialects,
				fromFile: sync.OnceValues(func() (*config.Config, error) { return configHere(cmd) }),
			}
			cfg, _ := d.fromFile() // the check of the secret reports the error
			if d.spoken, err = s.completed(p, cfg, d.types); err != nil {
				return err
			}
			return d.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&direct, "direct", "", "address of the WordPress behind the gateway, at which it must not answer")
	addSpoken(cmd, &s)
	return cmd
}

// doctor checks a site from outside.
type doctor struct {
	*probe
	spoken
	types    map[string]dialect.Opener
	as       dialect.NamedClient // the client to act as: of the dialect found, else of the expected one
	found    bool                // whether the site speaks its dialect
	direct   string
	now      func() time.Time
	fromFile func() (*config.Config, error) // returns nil if there is no configuration
	points   []hooks.Point                  // the program's own
	about    func() (about, finding)        // the site's own words, asked once
}

// finding is the result of a check; the zero value means no problem.
type finding struct {
	wrong string // what is wrong
	seen  string // what a client sees of it
	cure  string
	skip  string // why the check was not possible
	note  string // details of a check that found no problem
}

// noRoute is WordPress's error code for a route that does not exist.
const noRoute = "rest_no_route"

// cures returns the remedies by the error code that a client sees, for codes of WordPress
// and Cardea. A dialect has those of its plugin.
func cures() map[string]string {
	return map[string]string{
		noRoute:                "the plugin is not active, or the mount has another prefix: activate the plugin, or compare mounts in the configuration",
		"rest_forbidden":       "the user lacks the role: add it in WordPress, or check the rule with 'cardea config print'",
		"cardea_bad_assertion": "the site does not accept this gateway's assertions: paste the output of 'cardea keys export --for assertion' into wp-config.php",
		"cardea_required":      "the site answers only through its gateway: use the address of the gateway",
	}
}

func (d doctor) run(ctx context.Context, out io.Writer) error {
	d.as, d.found, _ = d.whom(ctx, d.probe, d.types) // the first check reports an error
	d.about = sync.OnceValues(func() (about, finding) { return d.askAbout(ctx) })
	bad := 0
	for _, c := range []struct {
		name string
		run  func(context.Context) finding
	}{
		{"rest api", d.posts}, {"token endpoints", d.namespace}, {"authorization", d.authorization}, {"cors", d.cors},
		{"https", d.https}, {"issuer", d.issuer}, {"rest path", d.restAPI}, {"plugin", d.plugin}, {"network", d.network}, {"proxies", d.proxies}, {"configuration", d.configuration}, {"secret", d.secret}, {"database", d.database}, {"token keys", d.tokenKeys}, {"assertion key", d.assertionKey}, {"clock", d.clock}, {"direct access", d.directAccess}, {"password hashes", d.hashes},
	} {
		switch f := c.run(ctx); {
		case f.skip != "":
			fmt.Fprintf(out, "-    %-16s %s\n", c.name, f.skip)
		case f.wrong == "":
			fmt.Fprintln(out, strings.TrimRight(fmt.Sprintf("ok   %-16s %s", c.name, f.note), " "))
		default:
			bad++
			fmt.Fprintf(out, "BAD  %-16s %s\n     a client sees: %s\n     cure: %s\n", c.name, f.wrong, f.seen, f.cure)
		}
	}
	if bad > 0 {
		return fmt.Errorf("checks that failed: %d", bad)
	}
	return nil
}

// look makes a request for a check and returns a finding if there is no answer or a block
// page.
func (d doctor) look(ctx context.Context, method, path string, headers ...string) (reply, finding) {
	r, err := d.ask(ctx, method, path, "", headers...)
	if err != nil {
		return r, unanswered(err)
	}
	if r.blocked() {
		return r, blockPage(path, r)
	}
	return r, finding{}
}

func unanswered(err error) finding {
	f := finding{wrong: "no answer: " + err.Error(), seen: "a connection error", cure: "start the server, and check name, port and firewall"}
	if errors.Is(err, http.ErrSchemeMismatch) {
		f.cure = "the port serves plain HTTP: write http://, or configure a certificate in server.tls"
	}
	return f
}

func blockPage(path string, r reply) finding {
	return finding{wrong: fmt.Sprintf("%s answers %d with a page instead of JSON", path, r.status), seen: "HTML where JSON is expected",
		cure: "a security plugin or firewall blocks the REST API: allow /wp-json/ in its settings"}
}

func (d doctor) https(ctx context.Context) finding {
	u, err := url.Parse(d.base)
	if err == nil && u.Scheme == "https" {
		return d.encrypted(ctx)
	}
	switch {
	case err != nil: // cannot happen: newProbe parsed it
		return finding{}
	case u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(), "127.") || u.Hostname() == "::1":
		return finding{skip: "plain HTTP on this machine"}
	}
	return finding{wrong: "passwords and tokens are sent unencrypted", seen: "nothing, but anybody on the network can read them",
		cure: "configure a certificate in server.tls, or put a proxy with one in front and list it in server.trusted_proxies"}
}

// encrypted checks that the site really speaks HTTPS.
func (d doctor) encrypted(ctx context.Context) finding {
	_, err := d.ask(ctx, http.MethodHead, d.root(), "")
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return unanswered(err)
	case err != nil:
		return finding{skip: "no answer: " + err.Error()}
	}
	return finding{}
}

// skew is the clock difference above which assertions and tokens fail.
const skew = 5 * time.Second

func (d doctor) clock(ctx context.Context) finding {
	r, f := d.look(ctx, http.MethodHead, d.root())
	if f.wrong != "" {
		return finding{skip: f.wrong}
	}
	at, err := http.ParseTime(r.header.Get("Date"))
	if err != nil {
		return finding{skip: "the answer has no date"}
	}
	if off := d.now().Sub(at); off > skew || off < -skew {
		return finding{wrong: fmt.Sprintf("the clocks differ by %s", off.Abs().Round(time.Second)), seen: "jwt_auth_invalid_token, cardea_bad_assertion",
			cure: "synchronise both machines with NTP"}
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
	if p.base == d.base {
		return directIsGateway("is the same address as URL")
	}
	path := d.sample()
	if strings.HasSuffix(p.path(), d.prefix) {
		path = strings.TrimPrefix(path, d.prefix) // already in the address
	}
	r, err := d.askDirectly(ctx, p, path)
	var unreachable *url.Error
	if errors.As(err, &unreachable) || r.code == "cardea_required" {
		return finding{}
	}
	if r.code == "no_credential" { // only Cardea answers with this code
		return directIsGateway("answers like the gateway: " + r.String())
	}
	return finding{wrong: "the WordPress can be reached without the gateway: " + r.String(), seen: "nothing, but requests that the gateway refuses are answered there",
		cure: "define('CARDEA_REQUIRE', true) in wp-config.php, and let only the gateway reach the site"}
}

// askDirectly asks the WordPress at --direct. A network sends requests for a host that is
// none of its sites elsewhere: it is asked again by the name of the site.
func (d doctor) askDirectly(ctx context.Context, p *probe, path string, headers ...string) (reply, error) {
	r, err := p.ask(ctx, http.MethodGet, path, "", headers...)
	site, bad := url.Parse(d.base)
	if err != nil || bad != nil || r.status/100 != 3 {
		return r, err
	}
	named := *p
	named.host, named.scheme = site.Host, site.Scheme
	return named.ask(ctx, http.MethodGet, path, "", headers...)
}

// directIsGateway returns the finding that --direct is the address of the gateway itself.
func directIsGateway(why string) finding {
	return finding{wrong: "--direct " + why + ", so the WordPress behind the gateway was not checked", seen: "nothing",
		cure: "give --direct the address of the WordPress itself, as in the url of the upstream"}
}
