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

// entry is one line of the list.
type entry struct {
	base string // where the dialect's paths stand below a mount's prefix
	open func(dialect.Mount) (dialect.Dialect, error)

	settings func() []string // of a mount that have an effect, besides those that all have
}

// dialects is the list: a dialect's name in configuration, and what it is.
func dialects() map[string]entry {
	return map[string]entry{
		"cocart":     {base: "/wp-json", settings: cocart.Settings, open: func(m dialect.Mount) (dialect.Dialect, error) { return cocart.New(m) }},
		"cocart1":    {base: "/wp-json", settings: cocart.FirstSettings, open: func(m dialect.Mount) (dialect.Dialect, error) { return cocart.NewFirst(m) }},
		"miniorange": {base: "/wp-json", settings: miniorange.Settings, open: func(m dialect.Mount) (dialect.Dialect, error) { return miniorange.New(m) }},
		"native":     {base: native.Base, settings: native.Settings, open: func(m dialect.Mount) (dialect.Dialect, error) { return native.New(m) }},
		"usefulteam": {base: "/wp-json", settings: usefulteam.Settings, open: func(m dialect.Mount) (dialect.Dialect, error) { return usefulteam.New(m) }},
		"wpjwtpro":   {base: "/wp-json", settings: wpjwtpro.Settings, open: func(m dialect.Mount) (dialect.Dialect, error) { return wpjwtpro.New(m) }},
		"wpjwt":      {base: "/wp-json", settings: wpjwt.Settings, open: func(m dialect.Mount) (dialect.Dialect, error) { return wpjwt.New(m) }},
	}
}

// Settings returns the settings of a mount that have an effect in the dialect of that
// name, besides those that say where it is and whose site it stands for.
func Settings(name string) []string {
	if e, ok := dialects()[name]; ok {
		return e.settings()
	}
	return nil
}

// Open returns the dialect of that name at a mount, and the mount as it is then:
// its prefix was what stands before the dialect's usual paths, and now includes
// them; or it was the path of one of the REST APIs that the mount names, and stays.
func Open(name string, m dialect.Mount) (dialect.Dialect, dialect.Mount, error) {
	e, ok := dialects()[name]
	if !ok {
		return nil, m, fmt.Errorf("no dialect is called %q: choose one of %s",
			name, strings.Join(slices.Sorted(maps.Keys(dialects())), ", "))
	}
	if e.base == native.Base || !slices.Contains(m.WordPress.REST, m.Prefix) {
		m.Prefix += e.base
	}
	d, err := e.open(m)
	return d, m, err
}
