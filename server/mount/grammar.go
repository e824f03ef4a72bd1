package mount

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// grammar implements core.Application.Bearer: non-standard Authorization headers are
// parsed as the plugin of the closest mount at the request's site parses them.
func grammar(list []Mounted) core.BearerReader {
	var readers []core.BearerReader
	for _, m := range Closest(list) {
		readers = append(readers, m.Mount.Bearer(m.Dialect))
	}
	return func(a *api.Attempt, value string) (string, core.Reading) {
		for _, read := range readers {
			if text, how := read(a, value); how != core.ReadStrictly {
				return text, how
			}
		}
		return "", core.ReadStrictly
	}
}

// accepts implements core.Application.Accepts for mounts that accept only one kind of
// credential; nil if there are none. A request that is for several sites must satisfy all
// of them: like refuse_roles, a mode also holds at the sites within its mount's.
func accepts(list []Mounted) func(*api.Attempt) bool {
	var choosers []func(*api.Attempt) bool
	for _, m := range list {
		if accept := m.Mount.Accepts(m.Dialect); accept != nil {
			choosers = append(choosers, accept)
		}
	}
	if choosers == nil {
		return nil
	}
	return func(a *api.Attempt) bool {
		for _, accept := range choosers {
			if !accept(a) {
				return false
			}
		}
		return true
	}
}
