package all

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/cocart"
	"github.com/cardea-auth/cardea/server/dialect/miniorange"
	"github.com/cardea-auth/cardea/server/dialect/native"
	"github.com/cardea-auth/cardea/server/dialect/usefulteam"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
	"github.com/cardea-auth/cardea/server/dialect/wpjwtpro"
)

// Types maps each dialect's name in the configuration to the type that the settings of
// a mount are decoded into. The caller owns the map and may add to it.
func Types() map[string]dialect.Opener {
	return map[string]dialect.Opener{
		"cocart":     cocart.Config{},
		"cocart1":    cocart.FirstConfig{},
		"miniorange": miniorange.Config{},
		"native":     native.Config{},
		"usefulteam": usefulteam.Config{},
		"wpjwt":      wpjwt.Config{},
		"wpjwtpro":   wpjwtpro.Config{},
	}
}

// Protection returns the protection that the plugin of a dialect gives the site of a
// mount. m.Prefix is the part before the dialect's base path. A mode applies only to
// dialects with a choice of modes. ok is false for a dialect that replaces no plugin.
func Protection(name, mode string, m dialect.Mount) (p dialect.Protection, ok bool, err error) {
	o, known := Types()[name]
	if !known {
		return p, false, fmt.Errorf("no dialect is called %q: choose one of %s", name, strings.Join(slices.Sorted(maps.Keys(Types())), ", "))
	}
	if c, chooses := o.(dialect.ModeChooser); chooses && mode != "" {
		o = c.WithMode(mode)
		if c, chooses = o.(dialect.ModeChooser); !chooses || c.ChosenMode() == "" {
			return p, false, fmt.Errorf("mode is %q, which accepts every kind of credential: write jwt, basic or apikey", mode)
		}
	}
	m.Prefix += o.Traits().Base
	d, err := o.Open(m)
	if err != nil {
		return p, false, err
	}
	protector, ok := d.(dialect.Protector)
	if !ok {
		return p, false, nil
	}
	return protector.Protection(), true, nil
}

// Batches returns the batch routes of all dialects' plugins, see [dialect.Batcher].
func Batches() []string {
	var list []string
	for _, o := range Types() {
		list = append(list, dialect.Batches(o)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
