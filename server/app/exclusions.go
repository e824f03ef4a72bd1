package app

import (
	"errors"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// exclusions are public rules for the routes that upstreams exclude, for each
// host on which rules lead to the upstream. They stand in the table with all
// others: the more specific one governs.
func exclusions(cfg *config.Config, list []route.Rule) []route.Rule {
	read := readers(cfg)
	var out []route.Rule
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		site, ok := read[name]
		if !ok {
			continue
		}
		for _, to := range leading(cfg, list, name) {
			for _, text := range cfg.Upstreams[name].Exclude {
				x, err := config.ParseExclusion(text)
				if err != nil {
					continue // Check and the validation tell
				}
				for i, path := range site.Routes(x.Path) {
					out = append(out, route.Rule{
						Name: exclusionName(text, name, path, i), Host: to.Host, Upstream: to.Upstream,
						Methods: x.Methods, Path: path, Access: route.Public,
					})
				}
			}
		}
	}
	return out
}

// exclusionName is the rule's, by which messages and hooks speak of it.
func exclusionName(text, upstream, path string, i int) string {
	if i == 0 {
		return "exclude " + text + " of " + upstream
	}
	return "exclude " + text + " of " + upstream + " at " + path
}

// leading are the first rules of each host that lead to an upstream.
func leading(cfg *config.Config, list []route.Rule, upstream string) []route.Rule {
	var out []route.Rule
	for _, r := range list {
		if r.Upstream != upstream && (r.Upstream != "" || len(cfg.Upstreams) != 1) {
			continue
		}
		if !slices.ContainsFunc(out, func(o route.Rule) bool { return o.Host == r.Host }) {
			out = append(out, r)
		}
	}
	return out
}

// exclusions finds entries that open nothing.
func (c *checker) exclusions(cfg *config.Config) {
	read := readers(cfg)
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		if len(cfg.Upstreams[name].Exclude) == 0 {
			continue
		}
		if _, ok := read[name]; !ok {
			c.add("upstreams."+name+".exclude", errors.New("is for a WordPress's REST API: write kind: wordpress, or rules with access: public"))
			continue
		}
		if len(leading(cfg, rules(cfg), name)) == 0 {
			c.add("upstreams."+name+".exclude", errors.New("no rule leads to this upstream: write one"))
		}
	}
}
