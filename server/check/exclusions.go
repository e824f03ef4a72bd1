package check

import (
	"errors"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
)

// exclusions finds entries without effect.
func (c *checker) exclusions(cfg *config.Config) {
	read := mount.Readers(cfg)
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		if len(cfg.Upstreams[name].Exclude) == 0 {
			continue
		}
		if _, ok := read[name]; !ok {
			c.add("upstreams."+name+".exclude", errors.New("is for a WordPress's REST API: write kind: wordpress, or rules with access: public"))
			continue
		}
		if len(mount.Leading(cfg, mount.Rules(cfg), name)) == 0 {
			c.add("upstreams."+name+".exclude", errors.New("no rule leads to this upstream: write one"))
		}
	}
}
