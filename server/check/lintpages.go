package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// unboundPages finds rules that restrict a page of a WordPress site while another rule
// leaves the rest of the site open: a page can be reached at several addresses.
func unboundPages(cfg *config.Config, list []route.Rule) []string {
	read := mount.Readers(cfg)
	var out []string
	for i := range list {
		r := &list[i]
		site, ok := read[r.Upstream]
		if !ok || cfg.Upstreams[r.Upstream].URL == config.DemoUpstream || !isPage(site, r.Path) {
			continue
		}
		rest := slices.IndexFunc(list, func(o route.Rule) bool {
			return o.Path == "/**" && o.Upstream == r.Upstream && (o.Host == "" || o.Host == r.Host) && r.StricterThan(&o)
		})
		if rest >= 0 {
			out = append(out, fmt.Sprintf("rule %q does not close a page of a WordPress: GET /?page_id=2, /?pagename=..., feeds and %s in other letter case show the same page by rule %q. "+
				"Protect pages in WordPress, or make rule %q require what rule %q requires", r.Name, r.Path, list[rest].Name, list[rest].Name, r.Name))
		}
	}
	return out
}

// isPage reports whether a pattern matches what WordPress resolves by rewrite rules, not
// the whole site, its REST API, its files or a script.
func isPage(site wordpress.Reader, pattern string) bool {
	if pattern == "/" || pattern == "/**" || strings.Contains(pattern, ".php") || strings.Contains(pattern, "/wp-") {
		return false
	}
	return !slices.ContainsFunc(site.REST, func(rest string) bool { return pattern == rest || strings.HasPrefix(pattern, rest+"/") })
}
