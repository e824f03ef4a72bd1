package all

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/native"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
)

// dialects is the list: a dialect's name in configuration, and its constructor.
func dialects() map[string]func(dialect.Mount) (dialect.Dialect, error) {
	return map[string]func(dialect.Mount) (dialect.Dialect, error){
		"native": func(m dialect.Mount) (dialect.Dialect, error) { return native.New(m) },
		"wpjwt":  func(m dialect.Mount) (dialect.Dialect, error) { return wpjwt.New(m) },
	}
}

// Open returns the dialect of that name at a mount.
func Open(name string, m dialect.Mount) (dialect.Dialect, error) {
	open, ok := dialects()[name]
	if !ok {
		return nil, fmt.Errorf("no dialect is called %q: choose one of %s",
			name, strings.Join(slices.Sorted(maps.Keys(dialects())), ", "))
	}
	return open(m)
}
