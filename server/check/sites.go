package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
)

// MissingSites finds lists of sites that are missing although credentials of one site
// would be accepted at another: at a mount's site, and at another host by a rule that
// leads to another application, or at another mount's host. Plugins' mounts on different
// hosts are not reported: loading refuses them. The check rejects the others; a server
// still starts, for compatibility.
func MissingSites(cfg *config.Config) config.Problems {
	missing := unlisted(cfg)
	if len(missing) == 0 || pluginsApart(cfg.Mounts) {
		return nil
	}
	for _, m := range cfg.Mounts {
		where := besides(cfg, m)
		if where == "" {
			continue
		}
		also := ""
		if len(missing) > 1 {
			also = " (" + strings.Join(missing[1:], ", ") + " too)"
		}
		return config.Problems{{
			Key: missing[0], Rests: []string{"users", "mounts", "upstreams", "rules"},
			Text: fmt.Sprintf("is missing%s: mount %q answers on %s, and %s, so say where these credentials count: "+
				`write names of mounts, hosts, or ["*"] for everywhere`, also, m.Name, m.Host, where),
		}}
	}
	return nil
}

// pluginsApart reports whether two mounts with tokens of their own have different hosts.
func pluginsApart(mounts []config.Mount) bool {
	own := slices.DeleteFunc(slices.Clone(mounts), func(m config.Mount) bool { return !m.HasOwnTokens() })
	return slices.ContainsFunc(own, func(m config.Mount) bool { return m.Host != own[0].Host })
}

// unlisted returns the keys of the lists that are missing: of methods and issuers, and of
// Cardea's own tokens if a mount issues them.
func unlisted(cfg *config.Config) (keys []string) {
	for i, m := range cfg.Methods {
		if m.Type != "jwt" && len(m.Sites) == 0 {
			keys = append(keys, fmt.Sprintf("methods[%d].sites", i))
		}
	}
	for i, x := range cfg.Issuers {
		if len(x.Sites) == 0 {
			keys = append(keys, fmt.Sprintf("issuers[%d].sites", i))
		}
	}
	native := slices.ContainsFunc(cfg.Mounts, func(m config.Mount) bool { return !m.HasOwnTokens() })
	if native && len(cfg.Tokens.Sites) == 0 {
		keys = append(keys, "tokens.sites")
	}
	return keys
}

// besides describes a place at another host than the mount's where credentials of the
// mount's site would be accepted; "" if there is none.
func besides(cfg *config.Config, m config.Mount) string {
	if m.Host == "" || !m.HasOwnTokens() {
		return "" // it is for every host, or no site
	}
	for _, r := range cfg.Rules {
		if opensTo(cfg, r, m) {
			return fmt.Sprintf("rule %q leads to another application at %s", r.Name, r.Host)
		}
	}
	for _, o := range cfg.Mounts {
		if !o.HasOwnTokens() && o.Host != "" && !slices.Contains(m.Hosts(), o.Host) {
			return fmt.Sprintf("mount %q answers on %s", o.Name, o.Host)
		}
	}
	return ""
}

// opensTo reports whether a rule at another host than the mount's leads to another
// application than those of the mount's hosts, and might let users of the mount's
// directory pass.
func opensTo(cfg *config.Config, r config.Rule, m config.Mount) bool {
	if r.Access == "public" || r.Host == "" || slices.Contains(m.Hosts(), r.Host) {
		return false
	}
	if len(cfg.Upstreams) < 2 || mount.IsBehindTarget(cfg, r.Upstream, m) {
		return false // the mount's own application, under another host
	}
	wanted, given := mount.RuleDirectory(cfg, r), mount.DirectoryOf(cfg, m)
	return wanted == "" || given == "" || wanted == given || sameNetwork(cfg, wanted, given)
}
