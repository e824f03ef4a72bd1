package mount

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// ReasonOwnRoute is the reason of a request that a mount would have answered, had
// it come to its host and in a form that it serves.
const ReasonOwnRoute = "own_route"

// ownRoutes are the routes that mounts answer in the place of a WordPress's plugins,
// in lower case, such as /jwt-auth/v1.
type ownRoutes []string

// owned returns them by upstream. On one of several, those of the mounts at whose
// host a rule leads there, under whichever name: another site may keep its plugin.
func owned(cfg *config.Config, sites map[string]wordpress.Reader) map[string]ownRoutes {
	out := map[string]ownRoutes{}
	for upstream := range sites {
		for _, m := range cfg.Mounts {
			if !IsBehindTarget(cfg, upstream, m) {
				continue
			}
			for _, own := range dialect.Owns(m.Config) {
				out[upstream] = append(out[upstream], strings.ToLower(own))
			}
		}
	}
	return out
}

// IsBehind reports whether requests to the mount's host may go to the upstream.
func IsBehind(cfg *config.Config, upstream string, m config.Mount) bool {
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

// check refuses what could be one of them, at whichever of the upstream's sites.
func (o ownRoutes) check(r route.Reading) error {
	if len(o) == 0 {
		return nil
	}
	for m := range r.All() {
		at := strings.ToLower(m.Name()) + "/"
		for _, own := range o {
			if m.IsREST() && strings.HasPrefix(at, own+"/") {
				return api.E(api.Denied, ReasonOwnRoute, "this route is answered by Cardea, at its mount alone, and by nothing behind it")
			}
		}
	}
	return nil
}
