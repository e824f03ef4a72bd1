package sitecheck

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/dialect"
)

// probe returns a probe of the site, at the address of its server if --upstream names one.
func (f *quickstartFlags) probe() (*probe, error) {
	if f.upstream != "" {
		return newServerProbe(f.upstream, f.site)
	}
	return newProbe(f.site)
}

// askSite asks the site for its address and the path of its REST API, and prints the answer.
// What the site does not say is taken from --wordpress.
func (f *quickstartFlags) askSite(ctx context.Context, out io.Writer) error {
	from := "by its own answer"
	if !f.offline {
		p, err := f.probe()
		if err != nil {
			return err
		}
		if f.facts, err = p.facts(ctx, ""); err != nil {
			f.facts = siteFacts{} // the detection of the plugin prints the error
		}
	}
	if f.facts.home == "" {
		u, err := url.Parse(f.site)
		if err != nil {
			return err
		}
		f.facts.home, from = strings.TrimSuffix(f.site, "/"), "by --wordpress, since the site was not asked or has no index"
		f.facts.rest = strings.TrimSuffix(u.EscapedPath(), "/") + restPath
	}
	fmt.Fprintf(out, "site:    %s, REST API at %s, %s\n", f.facts.home, f.facts.rest, from)
	for _, other := range f.facts.also() {
		fmt.Fprintf(out, "         tokens that name %s, the address of WordPress, are accepted too\n", other)
	}
	if f.facts.note != "" {
		fmt.Fprintf(out, "         %s\n", f.facts.note)
	}
	return nil
}

// findNetwork reads the sites of the network, if the account may.
func (f *quickstartFlags) findNetwork(ctx context.Context, d *wordpress.Directory) {
	list, err := d.NetworkSites(ctx)
	if err != nil { // the account has no right to the table, which only a network has
		return
	}
	f.sites = list
}

// here returns the site of the network that is put behind the gateway.
func (f *quickstartFlags) here() (wordpress.NetworkSite, bool) { return siteAt(f.sites, f.facts) }

// siteAt returns the site of a network that has the home URL.
func siteAt(sites []wordpress.NetworkSite, f siteFacts) (wordpress.NetworkSite, bool) {
	u, err := url.Parse(f.home)
	if err != nil {
		return wordpress.NetworkSite{}, false
	}
	for _, s := range sites {
		if strings.EqualFold(s.Host, u.Host) && s.Path == f.below()+"/" {
			return s, true
		}
	}
	return wordpress.NetworkSite{}, false
}

// tellNetwork prints the sites of the network, and what is left to do for them.
func (f *quickstartFlags) tellNetwork(out io.Writer) {
	if len(f.sites) == 0 {
		return
	}
	here, ok := f.here()
	fmt.Fprintf(out, "network: %d sites. Only members of the site can log in (users: site)\n", len(f.sites))
	if !ok {
		fmt.Fprintf(out, "         none of them is %s: set site of users to the number of the site\n", f.facts.home)
	}
	if len(f.sites) > 1 || !ok {
		fmt.Fprint(out, "         Each of the other sites takes a gateway of its own, with another --listen and\n",
			"         server.admin_listen, and the constants of each gateway in wp-config.php, by host and path:\n")
	}
	for _, s := range f.sites {
		if s != here {
			fmt.Fprintf(out, "         site %d at %s:\n           %s\n", s.Number, printable.Text(s.Host+s.Path), f.commandFor(s))
		}
	}
}

// commandFor returns the command that puts another site of the network behind a gateway.
func (f *quickstartFlags) commandFor(s wordpress.NetworkSite) string {
	scheme, _, _ := strings.Cut(f.facts.home, "://")
	line := fmt.Sprintf(`mkdir site%[1]d && cd site%[1]d && cardea quickstart --wordpress %[2]s --dsn "$(cat ../%[3]s)"`,
		s.Number, command.ShellWord(scheme+"://"+s.Host+strings.TrimSuffix(s.Path, "/")), dsnFile)
	for _, option := range [][2]string{{"prefix", f.prefix}, {"dialect", f.dialect}, {"mode", f.mode}, {"upstream", f.upstream}} {
		if option[1] != "" {
			line += " --" + option[0] + " " + command.ShellWord(option[1])
		}
	}
	return line
}

// restPaths returns the setting rest_path: the path of the site's API and those of the
// network's other sites at the same host.
func (f *quickstartFlags) restPaths() string {
	list := []string{f.facts.rest}
	here, _ := f.here()
	for _, s := range f.sites {
		if s != here && s.Host == here.Host {
			list = append(list, f.facts.restOf(s.Path))
		}
	}
	if len(list) == 1 {
		return strconv.Quote(list[0])
	}
	return quotedList(list)
}

// namesIssuer reports whether the tokens of the dialect have an issuer.
func (f *quickstartFlags) namesIssuer() bool {
	d, err := f.types[f.dialect].Open(dialect.Mount{Name: "site", Issuer: f.facts.home})
	return err == nil && !d.TokenFormat().NoIssuer
}

// quotedList returns a list in the form of the configuration.
func quotedList(list []string) string {
	quoted := make([]string, len(list))
	for i, text := range list {
		quoted[i] = strconv.Quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
