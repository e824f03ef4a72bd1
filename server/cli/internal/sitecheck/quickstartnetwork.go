package sitecheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/cli/internal/siteconfig"
	"github.com/cardea-auth/cardea/server/dialect"
)

// findNetwork reads the sites of the network, if the account may.
func (f *quickstartFlags) findNetwork(ctx context.Context, d *wordpress.Directory) {
	list, err := d.NetworkSites(ctx)
	if err != nil { // the account has no right to the table, which only a network has
		return
	}
	f.sites = list
}

// checkSites reads from the tables of the other sites that the configuration serves.
func (f *quickstartFlags) checkSites(ctx context.Context) error {
	for _, s := range f.alsoServed() {
		d, err := wordpress.Open(ctx, wordpress.Config{DSN: api.Secret(f.dsn), Prefix: f.prefix, Site: s.Number, Log: memory.New()})
		if err == nil {
			err = errors.Join(readable(ctx, d), d.Close())
		}
		if err != nil {
			return fmt.Errorf("site %d of the network: %w", s.Number, err)
		}
	}
	return nil
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
	fmt.Fprintf(out, "network: %d sites. Only members of a site can log in there (users: site)\n", len(f.sites))
	if !ok {
		fmt.Fprintf(out, "         none of them is %s: set site of users to the number of the site\n", f.facts.home)
	}
	served := f.alsoServed()
	for _, s := range served {
		fmt.Fprintf(out, "         site %d at %s: served too, by mount and upstream %s\n", s.Number, s.Host+s.Path, nameOf(s))
	}
	rest := slices.DeleteFunc(slices.Clone(f.sites), func(s wordpress.NetworkSite) bool { return s == here || slices.Contains(served, s) })
	if len(rest) == 0 {
		return
	}
	fmt.Fprint(out, "         Each of the other sites takes a gateway of its own, with another --listen and\n",
		"         server.admin_listen, and the constants of each gateway in wp-config.php, by host and path:\n")
	for _, s := range rest {
		fmt.Fprintf(out, "         site %d at %s:\n           %s\n", s.Number, printable.Text(s.Host+s.Path), f.commandFor(s))
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

// mostServed bounds the sites in one configuration: each has a directory, and so
// connections to the database, of its own.
const mostServed = 20

// sitePath is the path of a site in a network whose sites are directories of one host.
var sitePath = regexp.MustCompile(`^(/[A-Za-z0-9_-]+)*/$`)

// alsoServed returns the sites of the network at the same host that the configuration serves
// too. Sites of a dialect whose tokens name no issuer are not: one secret would not tell
// their tokens apart.
func (f *quickstartFlags) alsoServed() []wordpress.NetworkSite {
	here, ok := f.here()
	if !ok || !f.types[f.dialect].Traits().OwnTokens || !f.namesIssuer() {
		return nil
	}
	var list []wordpress.NetworkSite
	for _, s := range f.sites {
		if s != here && s.Host == here.Host && sitePath.MatchString(s.Path) && len(list) < mostServed {
			list = append(list, s)
		}
	}
	return list
}

// nameOf is the name of a site's directory, mount and upstream.
func nameOf(s wordpress.NetworkSite) string { return fmt.Sprintf("site%d", s.Number) }

// otherSite is a further site of the network in the configuration. The texts are quoted.
type otherSite struct {
	Name, Below, Home, REST, Site string
	Number                        int64
	Rules                         []string
}

func (f *quickstartFlags) otherSites() ([]otherSite, error) {
	scheme, _, _ := strings.Cut(f.facts.home, "://")
	var list []otherSite
	for _, s := range f.alsoServed() {
		facts := siteFacts{home: scheme + "://" + s.Host + strings.TrimSuffix(s.Path, "/"), rest: f.facts.restOf(s.Path)}
		p, err := f.protectionOf(facts)
		if err != nil {
			return nil, err
		}
		list = append(list, otherSite{
			Name: nameOf(s), Number: s.Number, Below: strconv.Quote(facts.below()), Home: strconv.Quote(facts.home), REST: strconv.Quote(facts.rest),
			Site: f.mount(facts, p), Rules: siteconfig.SiteRules(p.Rules, nameOf(s)+"-", nameOf(s), facts.below()),
		})
	}
	return list, nil
}

// allRules returns the rules of the site and of the others.
func (f *quickstartFlags) allRules(p dialect.Protection, others []otherSite) []string {
	if len(others) == 0 {
		return siteconfig.Rules(p.Rules)
	}
	lines := siteconfig.SiteRules(p.Rules, "", "wordpress", f.facts.below())
	for _, o := range others {
		lines = append(lines, o.Rules...)
	}
	return lines
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
	return siteconfig.List(list)
}
