package mount

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// grammar is core.Application.Bearer: odd Authorization headers mean what they mean to
// the plugin whose mount the request is to.
func grammar(list []Mounted) core.BearerReader {
	var readers []core.BearerReader
	for _, m := range list {
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

// accepts is core.Application.Accepts: a mount may have one kind of credential only.
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
