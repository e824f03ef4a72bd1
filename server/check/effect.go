package check

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/mount"
)

// effects finds settings of upstreams that were set but have no effect.
func (c *checker) effects(cfg *config.Config) {
	read := mount.Readers(cfg)
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		u := cfg.Upstreams[name].WithDefaults()
		_, ok := read[name]
		known := ok && mount.IsCertain(cfg, name)
		if known && len(u.RouteParameters) > 0 {
			c.add("upstreams."+name+".route_parameters", errWordPress)
		}
		if known && u.LetterCase != "" {
			c.add("upstreams."+name+".letter_case", errWordPress)
		}
		if ok || u.Kind == "other" { // reported with the values
			continue
		}
		if len(u.PathInfo) > 0 {
			c.add("upstreams."+name+".path_info", errNoWordPress)
		}
		if !slices.Equal(u.RESTPath, config.Upstream{}.WithDefaults().RESTPath) {
			c.add("upstreams."+name+".rest_path", errNoWordPress)
		}
	}
}

// Ineffective finds settings of mounts that their dialects accept without an effect. The
// check rejects them; a server still starts, for compatibility.
func Ineffective(cfg *config.Config) (list config.Problems) {
	for i, m := range cfg.Mounts {
		o, ok := api.Capability[dialect.Ineffective](m.Config)
		if !ok {
			continue
		}
		if bad, ok := errors.AsType[*api.SettingError](o.Ineffective()); ok {
			list = append(list, config.Problem{Key: fmt.Sprintf("mounts[%d].%s", i, bad.Setting), Text: bad.Text})
		}
	}
	return list
}

var errWordPress = errors.New("has no effect, since the upstream is read as a WordPress: remove it, or write kind: other")

var errNoWordPress = errors.New("has no effect, since the upstream is not read as a WordPress: write kind: wordpress, or remove it")
