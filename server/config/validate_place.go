package config

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config/internal/form"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// placeChecker checks where credentials are accepted.
type placeChecker struct{ *checker }

// places checks where credentials are accepted and which directory their users are in.
func (k placeChecker) places(c Config) {
	names := map[string]bool{}
	for _, m := range c.Mounts {
		names[m.Name] = m.HasOwnTokens()
	}
	for i, m := range c.Mounts {
		key := tree.Item("mounts", i)
		k.aliases(key, m, c.Mounts[:i])
		k.mountDirectory(key+".directory", m, c.Users)
		k.acceptsFrom(key+".accepts_from", m.AcceptsFrom, m.Name, names)
	}
	for i, r := range c.Rules {
		k.acceptsFrom(tree.Item("rules", i)+".accepts_from", r.AcceptsFrom, "", names)
	}
	k.allSites(c, names)
}

// allSites checks each list of sites, and requires it if credentials of one site would
// otherwise be accepted at another.
func (k placeChecker) allSites(c Config, names map[string]bool) {
	var missing []string
	sites := func(key string, list []string) {
		if k.sites(key, list, names); len(list) == 0 {
			missing = append(missing, key)
		}
	}
	for i, m := range c.Methods {
		if m.Type != "jwt" || len(m.Sites) > 0 {
			sites(tree.Item("methods", i)+".sites", m.Sites)
		}
	}
	for i, x := range c.Issuers {
		sites(tree.Item("issuers", i)+".sites", x.Sites)
	}
	takesTokens := slices.ContainsFunc(c.Methods, func(m Method) bool { return m.Type == "jwt" })
	if takesTokens || len(c.Tokens.Sites) > 0 {
		sites("tokens.sites", c.Tokens.Sites)
	}
	k.missingSites(missing, hostsApart(c.Mounts))
}

// missingSites reports all missing lists as one problem of the first, since a single wrong
// host makes all of them necessary.
func (k placeChecker) missingSites(missing, apart []string) {
	if len(missing) == 0 || apart == nil {
		return
	}
	also := ""
	if len(missing) > 1 {
		also = " (" + strings.Join(missing[1:], ", ") + " too)"
	}
	k.add(missing[0], `is missing%s: mounts answer on %s and %s, so say where these credentials count: write names of mounts, hosts, or ["*"] for everywhere`, also, apart[0], apart[1])
}

// hostsApart returns two different hosts of mounts with their own tokens, or nil if there
// is at most one. Invalid hosts are skipped; they are reported elsewhere.
func hostsApart(mounts []Mount) []string {
	for _, a := range mounts {
		for _, b := range mounts {
			if a.HasOwnTokens() && b.HasOwnTokens() && a.Host != b.Host && form.BadHost(a.Host) == "" && form.BadHost(b.Host) == "" {
				return []string{anyHost(a.Host), anyHost(b.Host)}
			}
		}
	}
	return nil
}

func anyHost(host string) string {
	if host == "" {
		return "every other host"
	}
	return host
}

func (k placeChecker) sites(key string, list []string, names map[string]bool) {
	for i, site := range list {
		_, isMount := names[site]
		switch {
		case slices.Index(list, site) < i:
			k.add(tree.Item(key, i), "%s is in the list already: remove one", tree.Quote(site))
		case site == Everywhere && len(list) > 1:
			k.add(tree.Item(key, i), "is everywhere: remove the others, or this one")
		case site == Everywhere, isMount:
		default:
			k.complain(tree.Item(key, i), form.BadSite(site))
		}
	}
}

func (k placeChecker) aliases(key string, m Mount, earlier []Mount) {
	if len(m.Aliases) > 0 && m.Host == "" {
		k.add(key+".aliases", "has no effect without host: without one the mount answers on every host")
	}
	for i, alias := range m.Aliases {
		at := tree.Item(key+".aliases", i)
		if alias == "" {
			k.add(at, "is empty: write a host name, or remove it")
		}
		k.complain(at, form.BadHost(alias))
		if slices.Index(m.Hosts(), alias) < i+1 {
			k.add(at, "%s is a host of the mount already: remove one", tree.Quote(alias))
		}
	}
	for i, other := range earlier {
		if other.Host == m.Host || other.Prefix != m.Prefix || other.Traits().Base != m.Traits().Base {
			continue // the check of hosts and prefixes reports equal hosts
		}
		for _, host := range m.Hosts() {
			if slices.Contains(other.Hosts(), host) {
				k.add(key, "answers on %s below the same prefix as %s: change one of them", anyHost(host), tree.Item("mounts", i))
			}
		}
	}
}

// mountDirectory requires a directory if the user number in a token could mean different
// users in different directories.
func (k placeChecker) mountDirectory(key string, m Mount, list []UserDirectory) {
	known := map[string]bool{}
	for _, d := range list {
		known[orType(d.Name, d.Type)] = true
	}
	switch {
	case m.Directory != "" && !known[m.Directory]:
		k.unknown(key, m.Directory, "directory", namesOf(known), "users[].name", "users[].type")
	case m.Directory == "" && m.HasOwnTokens() && len(list) > 1:
		k.add(key, "is missing: users has several directories, and the mount's tokens name users by number, which means another user in each: name the one of the mount's site (%s)", strings.Join(namesOf(known), ", "))
	}
}

func (k placeChecker) acceptsFrom(key string, list []string, own string, names map[string]bool) {
	for i, name := range list {
		hasTokens, known := names[name]
		switch {
		case !known:
			k.unknown(tree.Item(key, i), name, "mount", namesOf(names), "mounts[].name")
		case name == own:
			k.add(tree.Item(key, i), "is the mount itself, whose tokens count here anyway: remove it")
		case !hasTokens:
			k.add(tree.Item(key, i), "%s is a mount that issues Cardea's own tokens, which are narrowed by tokens.sites alone: remove it", tree.Quote(name))
		case slices.Index(list, name) < i:
			k.add(tree.Item(key, i), "%s is in the list already: remove one", tree.Quote(name))
		}
	}
}
