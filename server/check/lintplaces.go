package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
)

// unreachableRules finds rules that no request can satisfy: only a mount's tokens could,
// and no mount has its site there.
func unreachableRules(cfg *config.Config) []string {
	if !slices.ContainsFunc(cfg.Mounts, config.Mount.HasOwnTokens) {
		return nil // tokens come from elsewhere
	}
	var out []string
	for _, r := range cfg.Rules {
		at := ruleSpot(r)
		if r.Access != "required" || len(r.AcceptsFrom) > 0 || at.takesOthers(cfg) || slices.ContainsFunc(cfg.Mounts, at.isOf) {
			continue
		}
		out = append(out, fmt.Sprintf("rule %q refuses every request: only tokens of a mount could pass, and %s is not a mount's site. "+
			"Write accepts_from with the mount whose tokens are accepted there, or another method or issuer", r.Name, at))
	}
	return out
}

// ambiguous finds upstreams that identify users only by login, although two directories
// may have the same one.
func ambiguous(cfg *config.Config) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		if len(cfg.Users) > 1 && cfg.UserDirectoryOf(cfg.Upstreams[name]) == "" {
			out = append(out, fmt.Sprintf("upstream %q gets login names of users of %d directories, two of which may have the same name. "+
				"Write directory to refuse users of the others", name, len(cfg.Users)))
		}
	}
	return out
}

// foreignNumbers finds mounts that accept tokens of a plugin, which identify users by
// WordPress's numbers, for users of Cardea's own store.
func foreignNumbers(cfg *config.Config) []string {
	var out []string
	for _, m := range cfg.Mounts {
		name := mount.DirectoryOf(cfg, m)
		i := slices.IndexFunc(cfg.Users, func(u config.UserDirectory) bool { return u.Type != "wordpress" && cmp.Or(u.Name, u.Type) == name })
		if !m.HasOwnTokens() || m.Common().Secret == "" || i < 0 || !slices.ContainsFunc(slices.Sorted(maps.Keys(cfg.Upstreams)), func(u string) bool { return mount.IsBehind(cfg, u, m) }) {
			continue
		}
		out = append(out, fmt.Sprintf("mount %q accepts tokens of the plugin with the same secret, which identify users by WordPress's numbers: user 1 there is user 1 of directory %s here. "+
			"Write a directory of type wordpress, or create the users with 'user add --number' and their numbers in WordPress", m.Name, name))
	}
	return out
}

// otherDirectories finds rules whose upstream accepts users of one directory, while the
// tokens accepted there are for users of another: their holders would be refused.
func otherDirectories(cfg *config.Config, list []route.Rule) []string {
	table, err := route.Compile(list)
	if err != nil {
		return nil // reported by Check
	}
	var out []string
	for _, r := range cfg.Rules {
		wanted := mount.RuleDirectory(cfg, r)
		if wanted == "" || r.Access == "public" {
			continue
		}
		for _, m := range cfg.Mounts {
			given := mount.DirectoryOf(cfg, m)
			if given == "" || given == wanted {
				continue
			}
			network, own := sameNetwork(cfg, given, wanted), decidesFor(cfg, table, r, m)
			if network && own || !network && (own && m.Host != "" && r.Host != "" || isNamed(cfg, r, m)) {
				out = append(out, fmt.Sprintf("rule %q refuses every token of mount %q: its upstream requires users of directory %s, and the mount has those of %s. "+
					"Write the same directory for both; in a network, an upstream for each site", r.Name, m.Name, wanted, given))
			}
		}
	}
	return out
}

// decidesFor reports whether a rule decides on requests at the mount's own site: on its
// hosts, below its prefix, and not at another mount's site within that.
func decidesFor(cfg *config.Config, table *route.Table, r config.Rule, m config.Mount) bool {
	return m.HasOwnTokens() && slices.ContainsFunc(m.Hosts(), func(host string) bool {
		for q := range table.Requests(host, strings.TrimSuffix(m.Prefix, "/")) {
			if q.Rule.Name == r.Name && innermost(cfg, q).Name == m.Name {
				return true
			}
		}
		return false
	})
}

// innermost returns the mount with tokens of its own at whose site a request is, and no
// other mount's site within that; the zero value if there is none.
func innermost(cfg *config.Config, q route.Request) (found config.Mount) {
	closer := func(m config.Mount) bool {
		if named := m.Host != ""; found.Name != "" && named != (found.Host != "") {
			return named
		}
		return found.Name == "" || len(m.Prefix) > len(found.Prefix)
	}
	for _, m := range cfg.Mounts {
		here := m.Host == "" || slices.Contains(m.Hosts(), q.Host)
		if here && m.HasOwnTokens() && isWithin(q.Path, m.Prefix) && closer(m) {
			found = m
		}
	}
	return found
}

// isNamed reports whether accepts_from lists the mount at a rule, or at the mount of the
// rule's host.
func isNamed(cfg *config.Config, r config.Rule, m config.Mount) bool {
	at := ruleSpot(r)
	named := func(list []string) bool { return slices.Contains(list, m.Name) }
	return named(r.AcceptsFrom) || slices.ContainsFunc(cfg.Mounts, func(o config.Mount) bool {
		return named(o.AcceptsFrom) && o.Host != "" && slices.Contains(o.Hosts(), r.Host) && at.isOf(o)
	})
}

// unknownSites finds entries in lists of sites that are neither a mount nor a host of a
// rule or mount: a misspelt mount name looks like a host.
func unknownSites(cfg *config.Config) []string {
	known := map[string]bool{config.Everywhere: true}
	for _, m := range cfg.Mounts {
		known[m.Name] = true
		for _, host := range m.Hosts() {
			known[host] = true
		}
	}
	for _, r := range cfg.Rules {
		known[r.Host] = true
	}
	lists := map[string][]string{"tokens": cfg.Tokens.Sites}
	for _, m := range cfg.Methods {
		lists["method "+m.Name] = m.Sites
	}
	for _, x := range cfg.Issuers {
		lists["issuer "+x.Name] = x.Sites
	}
	var out []string
	for _, of := range slices.Sorted(maps.Keys(lists)) {
		for _, site := range lists[of] {
			if host, _, _ := strings.Cut(site, "/"); !known[host] && !strings.Contains(host, ".") {
				out = append(out, fmt.Sprintf("sites of %s: no mount is called %q, and no rule or mount has that host. Write the name of a mount, or a host", of, site))
			}
		}
	}
	return out
}

// sameNetwork reports whether two directories may belong to sites of one WordPress
// network.
func sameNetwork(cfg *config.Config, a, b string) bool {
	site := func(name string) bool {
		return slices.ContainsFunc(cfg.Users, func(u config.UserDirectory) bool { return u.Name == name && u.Type == "wordpress" && u.Site > 0 })
	}
	return site(a) && site(b)
}

// spot is the place of a rule: its host ("" is every host), and the literal prefix of its
// path.
type spot struct{ host, literal string }

func ruleSpot(r config.Rule) spot {
	literal, _, _ := strings.Cut(r.Path, "/*")
	return spot{r.Host, literal}
}

func (s spot) String() string {
	host := s.host
	if host == "" {
		host = "every host"
	}
	return host + s.literal
}

// meets reports whether a place and the spot overlap.
func (s spot) meets(host, prefix string) bool {
	return (host == "" || s.host == "" || host == s.host) &&
		(strings.HasPrefix(s.literal+"/", prefix+"/") || strings.HasPrefix(prefix+"/", s.literal+"/"))
}

func (s spot) isOf(m config.Mount) bool {
	return m.HasOwnTokens() && slices.ContainsFunc(m.Hosts(), func(host string) bool { return s.meets(host, m.Prefix) })
}

// takesOthers reports whether credentials that do not belong to a mount are accepted at
// the spot.
func (s spot) takesOthers(cfg *config.Config) bool {
	count := func(sites []string) bool {
		list := cfg.Places(sites)
		return len(list) == 0 || slices.ContainsFunc(list, func(p config.Place) bool { return s.meets(p.Host, p.Prefix) })
	}
	native := slices.ContainsFunc(cfg.Mounts, func(m config.Mount) bool { return !m.HasOwnTokens() })
	return native && count(cfg.Tokens.Sites) ||
		slices.ContainsFunc(cfg.Methods, func(m config.Method) bool { return m.Type != "jwt" && count(m.Sites) }) ||
		slices.ContainsFunc(cfg.Issuers, func(x config.Issuer) bool { return count(x.Sites) })
}

// uncoveredHosts finds rules for one host of a mount's site that are stricter than the rule
// for another host of the same site that leads to the same application: clients could
// choose that host. [route.Lint] finds rules for every host.
func uncoveredHosts(cfg *config.Config, list []route.Rule) []string {
	table, err := route.Compile(list)
	if err != nil {
		return nil // reported by Check
	}
	var out []string
	for _, m := range cfg.Mounts {
		for _, host := range m.Hosts() {
			for q := range table.Requests(host, "") {
				text := lessStrictAt(cfg, table, q, m)
				if q.Rule.Host == host && text != "" && !slices.Contains(out, text) {
					out = append(out, text)
				}
			}
		}
	}
	return out
}

// lessStrictAt returns the first other host of the mount at which a rule allows more than
// the request's own rule does.
func lessStrictAt(cfg *config.Config, table *route.Table, q route.Request, m config.Mount) string {
	for _, host := range m.Hosts() {
		rule, ok := table.Match(host, q.Method, q.Path)
		if ok && rule.Host == host && host != q.Host && mount.IsSameTarget(cfg, rule.Upstream, q.Rule.Upstream) && q.Rule.StricterThan(rule) {
			return fmt.Sprintf("rule %q is for %s only, which is also %s (mount %q): %s %s there is decided by rule %q, which requires less. Write the rule for each host of the mount",
				q.Rule.Name, q.Host, host, m.Name, q.Method, q.Path, rule.Name)
		}
	}
	return ""
}

// unread finds applications behind a mount of a WordPress plugin's dialect that are not
// declared to be WordPress or not.
func unread(cfg *config.Config) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		u := cfg.Upstreams[name].WithDefaults()
		i := slices.IndexFunc(cfg.Mounts, func(m config.Mount) bool { return m.HasOwnTokens() && mount.IsBehind(cfg, name, m) })
		if u.Kind != "auto" || mount.IsWordPress(cfg, u) || i < 0 {
			continue
		}
		out = append(out, fmt.Sprintf("upstream %q is not read as a WordPress although mount %q replaces a plugin of one there: every rule would treat GET /?rest_route=/wp/v2/users as a page. "+
			"Write kind: wordpress, or kind: other", name, cfg.Mounts[i].Name))
	}
	return out
}

// twoNames finds applications with two names, one of which is protected less: it accepts
// users of every directory, or rules read its requests differently.
func twoNames(cfg *config.Config) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		for _, other := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
			if name == other || !mount.IsSameTarget(cfg, name, other) {
				continue
			}
			u, o := cfg.Upstreams[name], cfg.Upstreams[other]
			if wanted := cfg.UserDirectoryOf(u); wanted != "" && cfg.UserDirectoryOf(o) == "" {
				out = append(out, fmt.Sprintf("upstream %q is the same application as upstream %q, which accepts users of directory %s only: users of every directory reach it as %q. Write the same directory for both",
					other, name, wanted, other))
			}
			if mount.IsWordPress(cfg, u) && o.WithDefaults().Kind == "other" {
				out = append(out, fmt.Sprintf("upstream %q is the same application as upstream %q, which is read as a WordPress, and has kind: other. Write the same kind for both", other, name))
			}
		}
	}
	return out
}
