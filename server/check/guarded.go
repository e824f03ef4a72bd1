package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
)

// guards finds rules that lead to a mount's site by a host for which the mount's
// restrictions do not apply: clients could bypass them with that Host.
func (c *checker) guards(cfg *config.Config) {
	for _, m := range cfg.Mounts {
		names := guardsOf(m)
		if m.Host == "" || len(names) == 0 {
			continue
		}
		for i, r := range cfg.Rules {
			if r.Access == "public" || !leadsAround(cfg, r, m) {
				continue
			}
			by, cure := "every other host", "write host, once for each of the mount's hosts"
			if r.Host != "" {
				by, cure = r.Host, "add it to the mount's aliases, or route it elsewhere"
			}
			c.add(fmt.Sprintf("rules[%d].host", i), fmt.Errorf("also leads to the site of mount %q, by %s, where its %s does not apply: %s", m.Name, by, strings.Join(names, " and "), cure))
		}
	}
}

// guardsOf names the settings with which a mount refuses credentials at its site.
func guardsOf(m config.Mount) (names []string) {
	if len(m.RefuseRoles.Basic)+len(m.RefuseRoles.JWT) > 0 {
		names = append(names, "refuse_roles")
	}
	if m.Mode() != "" {
		names = append(names, "mode")
	}
	return names
}

// leadsAround reports whether a rule leads to the mount's site by a host that is not one
// of the mount, not one of another plugin's site there, and not one at which another
// mount refuses as much.
func leadsAround(cfg *config.Config, r config.Rule, m config.Mount) bool {
	at := ruleSpot(r)
	if len(cfg.Upstreams) > 1 && !mount.IsBehindTarget(cfg, r.Upstream, m) || !at.meets(at.host, m.Prefix) {
		return false
	}
	if isWithin(m.Prefix, at.literal) {
		at.literal = m.Prefix // the rest is outside the mount's site
	}
	return !slices.ContainsFunc(cfg.Mounts, func(o config.Mount) bool {
		return at.isWithin(o) && (refusesAsMuch(o, m) || o.Host != "" && isOtherSite(cfg, o, r))
	})
}

// isOtherSite reports whether a mount belongs to a plugin in the application that a rule
// leads to, so that requests at the mount's site are for this plugin only. It is false if
// rules lead to several applications there that could have the plugin: a program cannot,
// and a public one only if it is a WordPress.
func isOtherSite(cfg *config.Config, o config.Mount, r config.Rule) bool {
	return o.HasOwnTokens() && (o.Host != "" || o.Prefix != "") && !slices.ContainsFunc(cfg.Rules, func(other config.Rule) bool {
		return ruleSpot(other).isWithin(o) && !mount.IsSameTarget(cfg, other.Upstream, r.Upstream) && mayHavePlugin(cfg, other)
	})
}

func mayHavePlugin(cfg *config.Config, r config.Rule) bool {
	u := cfg.Upstreams[r.Upstream]
	return mount.IsWordPress(cfg, u) || r.Access != "public" && u.Kind != "other"
}

// refusesAsMuch reports whether o refuses every credential that m refuses at its site.
func refusesAsMuch(o, m config.Mount) bool {
	all := func(list, of []string) bool {
		return !slices.ContainsFunc(of, func(role string) bool { return !slices.Contains(list, role) })
	}
	return all(o.RefuseRoles.Basic, m.RefuseRoles.Basic) && all(o.RefuseRoles.JWT, m.RefuseRoles.JWT) &&
		(o.Mode() == m.Mode() || m.Mode() == "")
}

func isWithin(path, prefix string) bool {
	return strings.HasPrefix(path+"/", strings.TrimSuffix(prefix, "/")+"/")
}
