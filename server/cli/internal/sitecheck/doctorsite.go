package sitecheck

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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

// askAbout asks the site, or returns the finding for a check that cannot compare.
func (d doctor) askAbout(ctx context.Context) (about, finding) {
	cfg, missing := d.settings()
	if cfg == nil {
		return about{}, missing
	}
	m, ok := d.mount(d.probe, cfg)
	if !ok || !m.Traits().WordPress {
		return about{}, finding{skip: "no mount with a plugin's dialect matches this address"}
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
	a := about{siteFacts: facts, cfg: cfg, mount: m}
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		if mount.IsWordPress(cfg, cfg.Upstreams[name]) && mount.IsBehind(cfg, name, m) {
			a.upstreams = append(a.upstreams, name)
		}
	}
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

// plugin compares the plugin that stands at the upstream with the dialect of the mount.
func (d doctor) plugin(ctx context.Context) finding {
	a, f := d.about()
	if a.cfg == nil {
		return f
	}
	for _, name := range a.upstreams {
		u := a.cfg.Upstreams[name]
		p, err := newServerProbe(u.URL, a.home)
		if err != nil {
			return finding{skip: "upstream " + name + " has no address that can be asked"}
		}
		if r, err := p.ask(ctx, "GET", restPath+"/", ""); err != nil || r.status != 200 {
			return finding{skip: "upstream " + name + " does not show from here which plugins it has"}
		}
		if _, ok, err := (spoken{dialect: a.mount.Dialect}).whom(ctx, p, d.types); err == nil && ok {
			continue
		}
		c, ok, err := (spoken{}).whom(ctx, p, d.types)
		switch {
		case err != nil:
			return finding{skip: "no answer from upstream " + name + ": " + err.Error()}
		case ok && c.WordPress && c.Uncertain == "":
			return finding{
				wrong: fmt.Sprintf("upstream %s has %s, and mount %s has the dialect %s", name, c.Plugin, a.mount.Name, a.mount.Dialect),
				seen:  "answers in which the clients of the plugin find no token", cure: "set dialect: " + c.Dialect + " at the mount",
			}
		case u.Identity == "plugin-compat":
			return finding{
				wrong: "upstream " + name + " has identity plugin-compat, and no plugin of the dialect " + a.mount.Dialect + " is active there",
				seen:  "401 for every user", cure: "activate the plugin, or set identity: assertion",
			}
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
	for _, name := range a.upstreams {
		for _, s := range sites {
			paths, at := a.cfg.Upstreams[name].WithDefaults().RESTPath, a.restOf(s.Path)
			if s.Host == here.Host && !slices.Contains(paths, at) {
				return finding{
					wrong: fmt.Sprintf("site %d of the network is at %s, and rest_path of upstream %s lacks %s", s.Number, s.Path, name, at),
					seen:  "rules for pages apply to its REST API, too", cure: fmt.Sprintf("add %s to rest_path", at),
				}
			}
		}
	}
	return finding{note: fmt.Sprintf("%d sites", len(sites))}
}
