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

// ReasonOwnRoute is the reason for denying a request to a mount's route that came to
// another host, or in a form that the mount does not serve.
const ReasonOwnRoute = "own_route"

// ownRoutes are the lower-case routes that mounts serve in place of WordPress plugins,
// such as /jwt-auth/v1.
type ownRoutes []string

// owned returns the own routes by upstream. With several upstreams, only mounts on whose
// host a rule leads to the upstream, under any of its names, are included: another site
// may keep its plugin.
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

// check denies requests that may be for one of the routes, at any of the upstream's sites.
func (o ownRoutes) check(r route.Reading) error {
	if len(o) == 0 {
		return nil
	}
	for m := range r.All() {
		at := strings.ToLower(m.Name()) + "/"
		for _, own := range o {
			if m.IsREST() && strings.HasPrefix(at, own+"/") {
				return api.E(api.Denied, ReasonOwnRoute, "this route is answered by Cardea, and only at its mount")
			}
		}
	}
	return nil
}
