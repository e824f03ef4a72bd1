package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/examples/wordpress"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/config"
)

//go:embed quickstart.yaml.tmpl
var quickstartTemplate string

// quickstartFlags are the flags of cardea quickstart.
type quickstartFlags struct {
	site, dsn, prefix, listen, publicURL string
}

// The files that quickstart writes into the current directory.
const (
	dsnFile    = "wordpress.dsn"
	pluginFile = "cardea.php"
)

func newQuickstart() *cobra.Command {
	var f quickstartFlags
	cmd := &cobra.Command{
		Use:   "quickstart --wordpress URL --dsn DSN",
		Short: "Put a WordPress behind the gate: write the configuration, the keys and the plugin",
		Long: `Put a WordPress behind the gate.

It writes into the current directory, and over nothing that is there:
  cardea.yaml     the configuration
  wordpress.dsn   the access to WordPress's database, readable by you alone
  cardea-data     the keys
  cardea.php      the plugin, with the constants by which it knows this gate

Copy cardea.php to wp-content/mu-plugins of the site, then run 'cardea serve'.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return quickstart(cmd, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.site, "wordpress", "", "home URL of the site, such as https://shop.example.org")
	flags.StringVar(&f.dsn, "dsn", "", "its database: user:password@tcp(host:3306)/database, an account that may only SELECT")
	flags.StringVar(&f.prefix, "prefix", "wp_", "table prefix, as wp-config.php says")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "address of the public listener")
	flags.StringVar(&f.publicURL, "public-url", "", "scheme and host under which clients reach the gate (default: http:// and --listen)")
	return cmd
}

func quickstart(cmd *cobra.Command, f quickstartFlags) error {
	text, err := f.configuration()
	if err != nil {
		return err
	}
	for _, name := range []string{config.FileName, dsnFile, pluginFile} {
		if exists(name) {
			return fmt.Errorf("%s is here already: quickstart writes over nothing, go to an empty directory", name)
		}
	}
	if err := create(dsnFile, []byte(f.dsn+"\n"), 0o600); err != nil {
		return err
	}
	if err := create(config.FileName, text, 0o600); err != nil {
		return err
	}
	cfg, prov, err := readConfig(cmd, config.LoadOptions{Path: config.FileName, Env: os.Environ(), Required: true})
	if err != nil {
		return err
	}
	if err := prov.Place(app.Check(cfg)); err != nil {
		return err
	}
	lines, err := constants(cmd.Context(), cfg, cfg.Upstreams["wordpress"])
	if err != nil {
		return err
	}
	plugin, err := pluginWith(lines)
	if err != nil {
		return err
	}
	if err := create(pluginFile, plugin, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), quickstartNext, lines)
	return nil
}

const quickstartNext = `written: cardea.yaml, wordpress.dsn, cardea.php, and keys in cardea-data

1. copy cardea.php to wp-content/mu-plugins/ of the site
2. run: cardea serve

cardea.php holds these constants; wp-config.php may define them instead:

%s`

// configuration fills the template in. Errors show no DSN.
func (f quickstartFlags) configuration() ([]byte, error) {
	site, err := url.Parse(f.site)
	if err != nil || site.Scheme != "http" && site.Scheme != "https" || site.Host == "" || site.User != nil || site.RawQuery != "" || site.Fragment != "" {
		return nil, errors.New("--wordpress: write the home URL of the site, such as https://shop.example.org")
	}
	if f.dsn == "" || strings.ContainsAny(f.dsn, "\r\n") {
		return nil, errors.New("--dsn: write user:password@tcp(host:3306)/database")
	}
	home := strings.TrimSuffix(f.site, "/")
	below := strings.TrimSuffix(site.Path, "/")
	public := f.publicURL
	if public == "" {
		public = "http://" + f.listen
	}
	var out bytes.Buffer
	err = template.Must(template.New("").Parse(quickstartTemplate)).Execute(&out, map[string]string{
		"Home": strconv.Quote(home), "Origin": strconv.Quote(site.Scheme + "://" + site.Host), "Below": strconv.Quote(below),
		"REST": strconv.Quote(path.Join(below, "/wp-json")), "Listen": strconv.Quote(f.listen), "Public": strconv.Quote(public), "Prefix": strconv.Quote(f.prefix),
	})
	return out.Bytes(), err
}

// pluginWith returns cardea.php with constants of its own.
func pluginWith(lines string) ([]byte, error) {
	const after = "namespace Cardea;\n"
	head, rest, found := strings.Cut(string(wordpress.Plugin()), after)
	if !found {
		return nil, errors.New("cardea.php has no namespace line: this program is broken")
	}
	return []byte(head + after + "\n// Of this gate; 'cardea keys export --for assertion' prints them again.\n" + inPlugin(lines) + rest), nil
}

// create writes a file that must not be there yet.
func create(name string, content []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(filepath.Clean(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
