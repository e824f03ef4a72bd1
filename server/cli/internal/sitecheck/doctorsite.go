package sitecheck

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
)

// about is what the site says of itself, and the mount that is compared with it.
type about struct {
	siteFacts
	cfg       *config.Config
	mount     config.Mount
	upstreams []string // names of those that are a WordPress behind the mount
}

// configured returns the matching mount of a plugin's dialect and what is behind it, or the
// finding for a check without one. The site's home is the mount's issuer.
func (d doctor) configured() (about, finding) {
	cfg, missing := d.settings()
	if cfg == nil {
		return about{}, missing
	}
	m, ok := d.mount(d.probe, cfg)
	if !ok || !m.Traits().WordPress {
		return about{}, finding{skip: "no mount with a plugin's dialect matches this address"}
	}
	return about{siteFacts{home: mount.IssuerOf(cfg, m)}, cfg, m, mount.Behind(cfg, m)}, finding{}
}

// askAbout asks the site, or returns the finding for a check that cannot compare.
func (d doctor) askAbout(ctx context.Context) (about, finding) {
	a, f := d.configured()
	if a.cfg == nil {
		return a, f
	}
	if _, f := d.look(ctx, "GET", d.root()); f.wrong != "" {
		return about{}, finding{skip: f.wrong}
	}
	facts, err := d.facts(ctx, d.prefix)
	switch {
	case err != nil:
		return about{}, finding{skip: "no answer: " + err.Error()}
	case facts.home == "":
		return about{}, finding{skip: d.root() + " does not contain the site's home URL"}
	}
	a.siteFacts = facts
	return a, finding{}
}

// restAPI compares where the site has its REST API with rest_path and the mount's prefix.
func (d doctor) restAPI(context.Context) finding {
	a, f := d.about()
	if a.cfg == nil {
		return f
	}
	for _, name := range a.upstreams {
		paths := a.cfg.Upstreams[name].WithDefaults().RESTPath
		if !slices.Contains(paths, a.rest) {
			return finding{
				wrong: fmt.Sprintf("the REST API of the site is at %s, and rest_path of upstream %s is %s", a.rest, name, strings.Join(paths, ", ")),
				seen:  noRoute + ", or a rule that another path would have",
				cure:  fmt.Sprintf("set rest_path: %q at the upstream", a.rest),
			}
		}
		if at := mount.APIOf(a.cfg.Upstreams[name], a.mount); at != a.rest {
			return finding{
				wrong: fmt.Sprintf("mount %s is at %s, and the REST API of the site is at %s", a.mount.Name, at, a.rest),
				seen:  noRoute, cure: fmt.Sprintf("set prefix: %q at the mount, the path of the site", a.below()),
			}
		}
	}
	if a.note != "" {
		return finding{wrong: a.note, seen: noRoute, cure: "correct Settings > General and Settings > Permalinks"}
	}
	return finding{note: a.rest}
}

// plugin compares the plugin that stands at the upstream with the dialect of the mount. A
// plugin that closes the index of the REST API still answers at its own routes.
func (d doctor) plugin(ctx context.Context) finding {
	a, f := d.about()
	if a.cfg == nil {
		if a, _ = d.configured(); a.cfg == nil {
			return f
		}
	}
	for _, name := range a.upstreams {
		if f := d.pluginAt(ctx, a, name); f != (finding{}) {
			return f
		}
	}
	return finding{}
}

// pluginAt is plugin for one upstream.
func (d doctor) pluginAt(ctx context.Context, a about, name string) finding {
	u := a.cfg.Upstreams[name]
	p, err := newServerProbe(u.URL, a.home)
	if err != nil {
		return finding{skip: "upstream " + name + " has no address that can be asked"}
	}
	if _, ok, err := (spoken{dialect: a.mount.Dialect}).whom(ctx, p, d.types); err == nil && ok {
		return finding{}
	}
	c, ok, err := (spoken{}).whom(ctx, p, d.types)
	if err != nil {
		return finding{skip: "no answer from upstream " + name + ": " + err.Error()}
	}
	if ok && c.WordPress && c.Uncertain == "" {
		return finding{
			wrong: fmt.Sprintf("upstream %s has %s, and mount %s has the dialect %s", name, c.Plugin, a.mount.Name, a.mount.Dialect),
			seen:  "answers in which the clients of the plugin find no token", cure: "set dialect: " + c.Dialect + " at the mount",
		}
	}
	if r, err := p.ask(ctx, "GET", restPath+"/", ""); err != nil || r.status != http.StatusOK {
		return finding{skip: "upstream " + name + " does not show from here which plugins it has"}
	}
	if u.Identity == "plugin-compat" {
		return finding{
			wrong: "upstream " + name + " has identity plugin-compat, and no plugin of the dialect " + a.mount.Dialect + " is active there",
			seen:  "401 for every user", cure: "activate the plugin, or set identity: assertion",
		}
	}
	return finding{}
}

// network compares the sites of a network with the configuration.
func (d doctor) network(ctx context.Context) finding {
	a, f := d.about()
	if a.cfg == nil {
		return f
	}
	name := mount.DirectoryOf(a.cfg, a.mount)
	i := slices.IndexFunc(a.cfg.Users, func(u config.UserDirectory) bool { return u.Name == name && u.DSN != "" })
	if i < 0 {
		return finding{skip: "the users of mount " + a.mount.Name + " are in no WordPress"}
	}
	sites, err := networkSites(ctx, a.cfg.Users[i])
	if err != nil {
		return finding{skip: "cannot tell whether this is a network: " + err.Error()}
	}
	return a.compare(sites, a.cfg.Users[i])
}

// networkSites reads the sites of the network in a WordPress's database.
func networkSites(ctx context.Context, u config.UserDirectory) (list []wordpress.NetworkSite, err error) {
	dir, err := wordpress.Open(ctx, wordpress.Config{DSN: u.DSN, Prefix: u.Prefix, Log: memory.New()})
	if err != nil {
		return nil, err
	}
	list, err = dir.NetworkSites(ctx)
	return list, errors.Join(err, dir.Close())
}

// compare compares the sites of a network, which may be none, with the configuration.
func (a about) compare(sites []wordpress.NetworkSite, u config.UserDirectory) finding {
	here, ok := siteAt(sites, a.siteFacts)
	switch {
	case len(sites) == 0 && u.Site == 0:
		return finding{note: "no network"}
	case len(sites) == 0:
		return finding{wrong: fmt.Sprintf("users %s has site %d, and the WordPress is not a network", u.Name, u.Site), seen: "503 at logins", cure: "remove site from users"}
	case ok && int64(u.Site) != here.Number:
		return finding{
			wrong: fmt.Sprintf("%s is site %d of a network, and users %s has site %d", a.home, here.Number, u.Name, u.Site),
			seen:  "logins of users who are not members of the site, or roles of another site", cure: fmt.Sprintf("set site: %d in users", here.Number),
		}
	}
	read := mount.Readers(a.cfg)
	for _, s := range sites {
		at := a.restOf(s.Path)
		name, ok := a.leadsTo(at)
		if ok && s.Host == here.Host && !slices.Contains(read[name].REST, at) {
			return finding{
				wrong: fmt.Sprintf("site %d of the network is at %s, and rest_path of upstream %s lacks %s", s.Number, s.Path, name, at),
				seen:  "rules for pages apply to its REST API, too", cure: fmt.Sprintf("add %s to rest_path", at),
			}
		}
	}
	return finding{note: fmt.Sprintf("%d sites", len(sites))}
}

// leadsTo returns the WordPress to which the rules lead requests for a REST API at the
// site's host; ok is false if there is none.
func (a about) leadsTo(api string) (name string, ok bool) {
	table, err := route.Compile(mount.Rules(a.cfg))
	site, bad := url.Parse(a.home)
	if err != nil || bad != nil {
		return "", false
	}
	if rule, found := table.Match(site.Hostname(), http.MethodGet, api+"/wp/v2/posts"); found {
		name = rule.Upstream
	}
	if name == "" && len(a.upstreams) > 0 {
		name = a.upstreams[0]
	}
	u, ok := a.cfg.Upstreams[name]
	return name, ok && mount.IsWordPress(a.cfg, u)
}
