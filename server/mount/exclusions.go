package mount

import (
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// exclusions returns public rules for the routes that upstreams exclude, for each host on
// which rules lead to the upstream. They are matched with all other rules, so the most
// specific one applies. An exclusion never makes a route of another site on the same host
// public: it is limited to requests that the rules send to its upstream.
func exclusions(cfg *config.Config, list []route.Rule) []route.Rule {
	table, err := route.Compile(list)
	if err != nil {
		return nil // reported by Check
	}
	read := Readers(cfg)
	var out []route.Rule
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		site, ok := read[name]
		if !ok {
			continue
		}
		for _, to := range Leading(cfg, list, name) {
			for _, text := range cfg.Upstreams[name].Exclude {
				x, err := config.ParseExclusion(text)
				if err != nil {
					continue // reported by Check and by Validate
				}
				for i, path := range site.Routes(x.Path) {
					methods, some := leadingMethods(table, to, path, x.Methods)
					if !some {
						continue
					}
					out = append(out, route.Rule{
						Name: exclusionName(text, name, path, i), Host: to.Host, Upstream: to.Upstream,
						Methods: methods, Path: path, Access: route.Public,
					})
				}
			}
		}
	}
	return out
}

// leadingMethods returns those of methods (empty: all) with which a path or pattern leads
// to the rule's upstream, and false if there is none.
func leadingMethods(table *route.Table, to route.Rule, path string, methods []string) ([]string, bool) {
	wanted := methods
	if len(wanted) == 0 {
		wanted = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
	}
	at := strings.ReplaceAll(strings.TrimSuffix(path, "/**"), "*", "x")
	var lead []string
	for _, method := range wanted {
		if rule, ok := table.Match(to.Host, method, at); ok && rule.Upstream == to.Upstream {
			lead = append(lead, method)
		}
	}
	if len(lead) == len(wanted) {
		return methods, true
	}
	return lead, len(lead) > 0
}

// exclusionName returns the rule's name for messages and hooks.
func exclusionName(text, upstream, path string, i int) string {
	if i == 0 {
		return "exclude " + text + " of " + upstream
	}
	return "exclude " + text + " of " + upstream + " at " + path
}

// Leading returns the first rule of each host that leads to the upstream.
func Leading(cfg *config.Config, list []route.Rule, upstream string) []route.Rule {
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
