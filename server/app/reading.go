package app

import (
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// readers are the upstreams that read requests as WordPress does, by the names
// that rules use.
func readers(cfg *config.Config) map[string]route.WordPress {
	out := map[string]route.WordPress{}
	for name, u := range cfg.Upstreams {
		if !isWordPress(cfg, u) {
			continue
		}
		out[name] = route.WordPress{REST: u.RESTPath}
		if len(cfg.Upstreams) == 1 {
			out[""] = out[name]
		}
	}
	return out
}

// isWordPress guesses only where there is nothing else that could be meant: a
// program that is none must not be read as if it were.
func isWordPress(cfg *config.Config, u config.Upstream) bool {
	switch u = u.WithDefaults(); {
	case u.Kind != "auto":
		return u.Kind == "wordpress"
	case u.Identity != "headers":
		return true
	}
	if len(cfg.Upstreams) != 1 {
		return false
	}
	for _, m := range cfg.Mounts {
		if m.Dialect != "native" {
			return true
		}
	}
	return false
}

// reading is core.Policy.Read; nil if no upstream is a WordPress. What a mount
// answers is refused here, for every door: a request, and one within a batch.
func reading(cfg *config.Config) func(upstream, method, path, query string) (string, string, error) {
	sites := readers(cfg)
	if len(sites) == 0 {
		return nil
	}
	own := owned(cfg, sites)
	return func(upstream, method, path, query string) (string, string, error) {
		site, ok := sites[upstream]
		if !ok {
			return method, path, nil
		}
		method, path, err := site.Read(method, path, query)
		if err == nil {
			err = own[upstream].check(path)
		}
		return method, path, err
	}
}
