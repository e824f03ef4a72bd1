package all

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
)

// Settings is what configuration may say of a method; each type takes what it
// knows.
type Settings struct {
	Realm           string
	CacheFor        time.Duration
	ApplicationOnly bool // see basic.Config
}

// types is the list: a type's name in configuration, and its configuration.
func types() map[string]func(Settings) core.Opener {
	return map[string]func(Settings) core.Opener{
		"apikey": func(s Settings) core.Opener { return apikey.Config{CacheFor: s.CacheFor} },
		"basic": func(s Settings) core.Opener {
			return basic.Config{Realm: s.Realm, CacheFor: s.CacheFor, ApplicationOnly: s.ApplicationOnly}
		},
		"jwt": func(Settings) core.Opener { return jwt.Config{} },
	}
}

// Names lists the types in alphabetical order.
func Names() []string {
	return slices.Sorted(maps.Keys(types()))
}

// Opener returns the configuration of the type.
func Opener(typ string, s Settings) (core.Opener, error) {
	open, ok := types()[typ]
	if !ok {
		return nil, fmt.Errorf("no method is of type %q: choose one of %s", typ, strings.Join(Names(), ", "))
	}
	return open(s), nil
}
