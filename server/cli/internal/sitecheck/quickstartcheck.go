package sitecheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/dialect"
)

// check validates the flags and fills in defaults. Errors do not contain the DSN.
func (f *quickstartFlags) check() error {
	site, err := url.Parse(f.site)
	if err != nil || site.Scheme != "http" && site.Scheme != "https" || site.Host == "" || site.User != nil || site.RawQuery != "" || site.Fragment != "" {
		return errors.New("--wordpress: write the home URL of the site, such as https://shop.example.org")
	}
	if f.dsn == "" || strings.ContainsAny(f.dsn, "\r\n") {
		return errors.New("--dsn: write user:password@tcp(host:3306)/database")
	}
	origin := site.Scheme + "://" + site.Host
	switch {
	case f.publicURL == "" && f.upstream != "":
		f.publicURL = origin
	case f.publicURL == "":
		f.publicURL = "http://" + f.listen
	}
	if f.upstream != "" {
		f.upstream = strings.TrimSuffix(f.upstream, "/")
		u, err := url.Parse(f.upstream)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != f.upstream {
			return errors.New("--upstream: write scheme, host and port of the server behind the gateway, such as http://10.0.0.5")
		}
		return nil
	}
	if public, err := url.Parse(f.publicURL); err == nil && strings.EqualFold(public.Hostname(), site.Hostname()) && portOf(public) == portOf(site) {
		return fmt.Errorf("clients reach the gateway at %s, which is also the address of the WordPress, so the gateway would forward requests to itself: name the server behind it with --upstream, such as http://10.0.0.5", f.publicURL)
	}
	return nil
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// remark warns about a host name that now points at the site and may point at the gateway
// later.
func (f *quickstartFlags) remark(out io.Writer) {
	site, err := url.Parse(f.site)
	if err != nil || f.upstream != "" {
		return
	}
	if _, err := netip.ParseAddr(site.Hostname()); err != nil && site.Hostname() != "localhost" {
		fmt.Fprintf(out, "cardea: warning: the gateway forwards requests to %s. Before that name points at the gateway, set upstreams.wordpress.url (or --upstream) to the server behind it, or the gateway forwards requests to itself\n", net.JoinHostPort(site.Hostname(), portOf(site)))
	}
}

// chooseDialect detects which plugin the site has, and prints the result.
func (f *quickstartFlags) chooseDialect(ctx context.Context, out io.Writer) error {
	if f.dialect != "" {
		if err := f.checkDialect(); err != nil {
			return err
		}
	}
	found := "not asked (--offline)"
	if !f.offline {
		var c dialect.NamedClient
		if c, found = f.plugin(ctx); f.dialect == "" {
			f.dialect = c.Dialect
		}
	}
	f.dialect = cmp.Or(f.dialect, dialect.Default(f.types))
	if err := f.checkDialect(); err != nil {
		return err
	}
	fmt.Fprintf(out, "found:   %s\nchosen:  dialect %s; --dialect selects another\n", found, f.dialect)
	if f.secretFile == "" {
		fmt.Fprintln(out, "tokens:  those that a plugin has issued will be refused; with its secret in --secret-file they stay valid")
	}
	return nil
}

// checkDialect returns an error unless the dialect is one that replaces a WordPress plugin.
func (f *quickstartFlags) checkDialect() error {
	switch o := f.types[f.dialect]; {
	case o == nil:
		return fmt.Errorf("--dialect: %w", errNoDialect(f.dialect, f.types))
	case !o.Traits().WordPress:
		return fmt.Errorf("--dialect: %s replaces no WordPress plugin: name a dialect that does, such as %s; Cardea's own endpoints are added anyway", f.dialect, dialect.Default(f.types))
	}
	return nil
}

// plugin returns the plugin that the site has, and a description of the result.
func (f *quickstartFlags) plugin(ctx context.Context) (dialect.NamedClient, string) {
	p, err := f.probe()
	if err != nil {
		return dialect.NamedClient{}, err.Error()
	}
	c, ok, err := spoken{}.whom(ctx, p, f.types)
	switch {
	case err != nil:
		f.unanswered = fmt.Errorf("the site does not answer, and nothing was written: %w. Check --wordpress and --upstream, or write the configuration unasked, with --offline", err)
		return dialect.NamedClient{}, "no answer from the site: " + err.Error()
	case ok && c.Uncertain != "":
		return dialect.NamedClient{}, fmt.Sprintf("%s: give --dialect %s if the plugin is active", c.Uncertain, c.Dialect)
	case !ok || !c.WordPress:
		return dialect.NamedClient{}, "no JWT plugin that Cardea knows, below " + p.base + "/wp-json/"
	}
	return c, fmt.Sprintf("%s, at %s%s", c.Plugin, p.base, c.Index.Path)
}

// checkSecret checks that the plugin's secret can sign.
func (f *quickstartFlags) checkSecret() error {
	if f.secretFile == "" {
		return nil
	}
	text, err := os.ReadFile(f.secretFile)
	if err != nil {
		return fmt.Errorf("--secret-file: %w", err)
	}
	secret := api.Secret(strings.TrimRight(string(text), "\r\n"))
	if secret == "" {
		return fmt.Errorf("--secret-file: %s is empty", f.secretFile)
	}
	_, err = dialect.Common{Secret: secret}.Keys("site")
	if _, weak := errors.AsType[*keys.WeakSecretError](err); weak {
		return fmt.Errorf("--secret-file: %w. Leave the flag out, so that everybody has to log in again; or add secret_file and allow_weak_secret: true to the mount, but then anybody who guesses the secret can log in as any user", err)
	}
	return err
}

// readable reads from the tables of a directory.
func readable(ctx context.Context, d *wordpress.Directory) error {
	const first = 1 // the user that WordPress creates; it may have been deleted
	if err := d.Ping(ctx); err != nil {
		return err
	}
	if _, err := d.ByNumber(ctx, first); err != nil && !errors.Is(err, api.ErrNotFound) {
		return err
	}
	return nil
}

// checkDatabase opens the directory as the server will, and reads from its tables.
func (f *quickstartFlags) checkDatabase(ctx context.Context) error {
	d, err := wordpress.Open(ctx, wordpress.Config{DSN: api.Secret(f.dsn), Prefix: f.prefix, Log: memory.New()})
	if err != nil {
		return fmt.Errorf("--dsn, --prefix: %w", err)
	}
	if f.offline {
		return d.Close()
	}
	err = readable(ctx, d)
	if err == nil {
		f.findNetwork(ctx, d)
		err = f.checkSites(ctx)
	}
	if err != nil {
		err = fmt.Errorf("the database cannot be used, and nothing was written: %w. Check --dsn, --prefix (%s), and whether the account may SELECT from users, usermeta and options", err, f.prefix)
	}
	return errors.Join(err, d.Close())
}
