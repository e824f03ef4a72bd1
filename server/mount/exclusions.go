package mount

import (
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// exclusions are public rules for the routes that upstreams exclude, for each
// host on which rules lead to the upstream. They stand in the table with all
// others: the more specific one governs. Those of one site open nothing of another
// site on the same host: they count where the rules alone lead to the upstream.
func exclusions(cfg *config.Config, list []route.Rule) []route.Rule {
	table, err := route.Compile(list)
	if err != nil {
		return nil // Check tells
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
					continue // Check and the validation tell
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

// leadingMethods returns those of the methods, none meaning all, with which a path or
// pattern goes to the rule's upstream; false if there is none.
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

// exclusionName is the rule's, by which messages and hooks speak of it.
func exclusionName(text, upstream, path string, i int) string {
	if i == 0 {
		return "exclude " + text + " of " + upstream
	}
	return "exclude " + text + " of " + upstream + " at " + path
}

// Leading are the first rules of each host that lead to an upstream.
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
