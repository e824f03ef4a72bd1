package check

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
)

// audiences finds two applications with different users that accept each other's
// assertions: one could replay at the other what it received (RFC 8725 section 3.9).
func (c *checker) audiences(cfg *config.Config) {
	for p := range sameAudience(cfg) {
		if p.apart {
			c.add("upstreams."+p.second+".audience", fmt.Errorf("is %q, the same as that of upstream %s, which has other users: an assertion for one would be accepted by the other. "+
				"Write the home URL of each site, and paste what 'cardea keys export --for assertion' prints", p.audience, p.first))
		}
	}
}

// exchangeable is the warning about applications that take each other's assertions and may
// be two sites.
func exchangeable(cfg *config.Config) []string {
	var out []string
	for p := range sameAudience(cfg) {
		if !p.apart && p.unknown {
			out = append(out, fmt.Sprintf("upstream %q accepts assertions for upstream %q, since both have the audience %q: if they are two sites, one could act as a user of the other. "+
				"Write the home URL of each site as its audience", p.second, p.first, p.audience))
		}
	}
	return out
}

// pair is two upstreams with different targets and one audience.
type pair struct {
	first, second, audience string
	apart                   bool // their users are in different directories
	unknown                 bool // they are in none that tells one site from another
}

// sameAudience yields the pairs of upstreams that take the same assertions.
func sameAudience(cfg *config.Config) iter.Seq[pair] {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(cfg.Upstreams)), func(name string) bool { return cfg.Upstreams[name].Identity != "assertion" })
	return func(yield func(pair) bool) {
		for i, b := range names {
			for _, a := range names[:i] {
				one, two := mount.SiteSubject(cfg, cfg.Upstreams[a]), mount.SiteSubject(cfg, cfg.Upstreams[b])
				p := pair{first: a, second: b, audience: mount.Audience(cfg, cfg.Upstreams[b]), apart: one != two, unknown: one == ""}
				if mount.Audience(cfg, cfg.Upstreams[a]) == p.audience && !mount.IsSameTarget(cfg, a, b) && !yield(p) {
					return
				}
			}
		}
	}
}
