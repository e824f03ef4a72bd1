package sitecheck

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/files"
	directory "github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/cli/internal/siteconfig"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/state"
)

// quickstartFlags are the flags of cardea quickstart.
type quickstartFlags struct {
	site, dsn, prefix, listen, publicURL string
	upstream, dialect, mode, secretFile  string
	offline                              bool

	types map[string]dialect.Opener // the program's dialects
	facts siteFacts                 // what the site says of itself, completed by the flags
	sites []directory.NetworkSite   // of the network; nil if the site is alone

	unanswered error // why the site did not answer
}

// The files that quickstart writes into the current directory.
const (
	dsnFile    = "wordpress.dsn"
	pluginFile = "cardea.php"
)

// NewQuickstart returns the quickstart command.
func NewQuickstart() *cobra.Command {
	var f quickstartFlags
	cmd := &cobra.Command{
		Use:   "quickstart --wordpress URL --dsn DSN",
		Short: "Put a WordPress behind the gateway: write the configuration, the keys and the plugin",
		Long: `Put a WordPress behind the gateway.

It asks the site for its address, the path of its REST API and its JWT plugin, checks that
it can read the database, where it also finds the sites of a network, of which it serves
those with the same host too, and then writes into the current directory, without
overwriting anything:
  cardea.yaml     the configuration
  wordpress.dsn   the access to WordPress's database, readable only by you
  cardea-data     the keys
  cardea.php      the plugin, with the constants to verify this gateway's assertions

The rules allow what the plugin allows, and no more. Token lifetimes are those of the
plugin. Basic accepts application passwords, as WordPress does, and account passwords
only if the plugin does.

Run 'cardea serve', then copy cardea.php to wp-content/mu-plugins of the site: from then
on its REST API is closed to requests that do not come through the gateway.

With the plugin's secret in --secret-file, tokens that it has issued stay valid and
nobody is logged out. If the site's name will point at the gateway, give the address
of the server behind it with --upstream.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.types = command.Types(cmd).Dialects
			return quickstart(cmd, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.site, "wordpress", "", "home URL of the site, such as https://shop.example.org")
	flags.StringVar(&f.dsn, "dsn", "", "its database: user:password@tcp(host:3306)/database, an account that may only SELECT")
	flags.StringVar(&f.prefix, "prefix", "wp_", "table prefix, as in wp-config.php")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "address of the public listener")
	flags.StringVar(&f.publicURL, "public-url", "", "scheme and host under which clients reach the gateway (default: http:// and --listen; with --upstream the site's)")
	flags.StringVar(&f.upstream, "upstream", "", "scheme, host and port at which the gateway reaches WordPress, such as http://10.0.0.5 (default: the site's)")
	flags.StringVar(&f.dialect, "dialect", "", "dialect of the endpoints to serve, as in mounts (default: that of the plugin that the site has, otherwise a common one, which the output names)")
	flags.StringVar(&f.mode, "mode", "", "the one kind of credential that the plugin accepts, if it has a choice: jwt, basic or apikey (default: jwt)")
	flags.StringVar(&f.secretFile, "secret-file", "", "file with the plugin's secret, such as JWT_AUTH_SECRET_KEY of wp-config.php")
	flags.BoolVar(&f.offline, "offline", false, "contact neither the site nor the database")
	return cmd
}

func quickstart(cmd *cobra.Command, f quickstartFlags) error {
	for _, name := range []string{config.FileName, dsnFile, pluginFile} {
		if command.Exists(name) {
			return fmt.Errorf("%s already exists, and quickstart never overwrites a file: use an empty directory", name)
		}
	}
	text, err := f.prepared(cmd)
	if err != nil {
		return err
	}
	lines, err := f.write(cmd, text)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), quickstartNext, lines)
	return nil
}

// prepared returns the configuration after all checks have passed. It writes nothing.
func (f *quickstartFlags) prepared(cmd *cobra.Command) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if err := f.askSite(cmd.Context(), cmd.OutOrStdout()); err != nil {
		return nil, err
	}
	if err := f.chooseDialect(cmd.Context(), cmd.OutOrStdout()); err != nil {
		return nil, err
	}
	p, err := f.protection(cmd.OutOrStdout())
	if err != nil {
		return nil, err
	}
	if err := f.checkSecret(); err != nil {
		return nil, err
	}
	if err := errors.Join(f.unanswered, f.checkDatabase(cmd.Context())); err != nil {
		return nil, err
	}
	f.tellNetwork(cmd.OutOrStdout())
	f.remark(cmd.ErrOrStderr())
	return f.configuration(p)
}

// write creates all files, or none: files that are left behind would stop the next run.
// Keys in the data directory stay and are used again.
func (f *quickstartFlags) write(cmd *cobra.Command, text []byte) (lines string, err error) {
	var made []string
	defer func() {
		for _, name := range made {
			if err != nil {
				err = errors.Join(err, os.Remove(name))
			}
		}
	}()
	put := func(name string, content []byte, mode fs.FileMode) error {
		err := create(name, content, mode)
		if err == nil {
			made = append(made, name)
		}
		return err
	}
	if err := errors.Join(put(dsnFile, []byte(f.dsn+"\n"), 0o600), put(config.FileName, text, 0o600)); err != nil {
		return "", err
	}
	if lines, err = f.constants(cmd); err != nil {
		return "", err
	}
	plugin, err := siteconfig.Plugin(lines)
	if err != nil {
		return "", err
	}
	return lines, put(pluginFile, plugin, 0o644)
}

// constants loads the written configuration as a server does, and creates the keys.
func (f *quickstartFlags) constants(cmd *cobra.Command) (string, error) {
	cfg, prov, err := command.ReadConfig(cmd, command.OptionsFor(cmd, config.FileName, true))
	if err != nil {
		return "", err
	}
	if err := prov.Place(check.Check(cfg, command.Points(cmd)...)); err != nil {
		return "", err
	}
	made, err := state.OpenAssertionKeys(cmd.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	if err := made.Close(); err != nil {
		return "", err
	}
	return siteconfig.Constants(cmd.Context(), cfg, cfg.Upstreams["wordpress"])
}

const quickstartNext = `written: cardea.yaml, wordpress.dsn, cardea.php, and keys in cardea-data

1. run: cardea serve
2. copy cardea.php to wp-content/mu-plugins/ of the site; create that directory if there
   is none. From then on the site's REST API, logins included, answers 401 to whoever does
   not come through the gateway. To let clients change over one by one, add to wp-config.php
   until the last has: define('CARDEA_REQUIRE', false);
3. run: cardea doctor with the URL of the gateway

cardea.php holds these constants; wp-config.php may define them instead:

%s`

// create writes a file that must not exist yet.
func create(name string, content []byte, mode fs.FileMode) error {
	f, err := files.OpenFile(filepath.Clean(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
