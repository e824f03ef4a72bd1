package dialecttest

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Everything is what a server is told about a site of which it knows nothing else:
// a guest may pass, and what a bad token means is the mount's.
func Everything() []route.Rule {
	return []route.Rule{{Name: "site", Path: "/**", Access: route.Optional, OnBadToken: route.Asked}}
}

// gate is what a server makes of a mount and its dialect, opened by o, for the gate.
func gate(o dialect.Opener, m dialect.Mount, d dialect.Dialect) core.Policy {
	common, _ := dialect.CommonOf(o)
	forgives := m.IgnoreBadCredential(d, common.OnBadToken)
	return core.Policy{
		Application: core.Application{Bearer: m.Bearer(d), Accepts: m.Accepts(d), IgnoreBadCredential: func(a *api.Attempt) bool {
			forgiven, ok := forgives(a)
			return ok && forgiven
		}, Read: func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{REST: []string{m.Base()}}.Read(method, path, query)
		}},
	}
}
