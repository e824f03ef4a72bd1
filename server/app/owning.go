package app

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// ReasonOwnRoute is the reason of a request that a mount would have answered, had
// it come to its host and in a form that it serves.
const ReasonOwnRoute = "own_route"

// ownRoutes are the paths that mounts answer in the place of a WordPress's plugins,
// in lower case, such as /wp-json/jwt-auth/v1.
type ownRoutes []string

// owned returns them by upstream. On one of several, those of the mounts at whose
// host a rule leads there: another site may keep its plugin.
func owned(cfg *config.Config, sites map[string]route.WordPress) map[string]ownRoutes {
	out := map[string]ownRoutes{}
	for upstream, site := range sites {
		for _, m := range cfg.Mounts {
			if !isBehind(cfg, upstream, m) {
				continue
			}
			for _, own := range dialects.Owns(m.Dialect) {
				out[upstream] = append(out[upstream], lastSegment(site.Route(""))+own)
			}
		}
	}
	return out
}

// isBehind reports whether requests to the mount's host may go to the upstream.
func isBehind(cfg *config.Config, upstream string, m config.Mount) bool {
	if len(cfg.Upstreams) == 1 {
		return true
	}
	for _, r := range cfg.Rules {
		if r.Upstream == upstream && (r.Host == "" || m.Host == "" || slices.Contains(m.Hosts(), r.Host)) {
			return true
		}
	}
	return false
}

func lastSegment(path string) string { return strings.ToLower(path[strings.LastIndex(path, "/"):]) }

// check refuses a path, as a WordPress reads it, that is one of them, or is one of
// a network's site in a directory of its own.
func (o ownRoutes) check(path string) error {
	path = strings.ToLower(path) + "/"
	for _, own := range o {
		if strings.Contains(path, own+"/") {
			return api.E(api.Denied, ReasonOwnRoute, "this route is answered by Cardea, at its mount alone, and by nothing behind it")
		}
	}
	return nil
}
