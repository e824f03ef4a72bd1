package dialecttest

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Everything returns the rules of a server without other rules for a site: access is
// optional, and the mount decides what a bad token means.
func Everything() []route.Rule {
	return []route.Rule{{Name: "site", Path: "/**", Access: route.Optional, OnBadToken: route.Asked}}
}

// policyOf returns the policy that a server derives from a mount and its dialect, opened by
// o.
func policyOf(o dialect.Opener, m dialect.Mount, d dialect.Dialect) core.Policy {
	common, _ := dialect.CommonOf(o)
	ignores := m.IgnoreBadCredential(d, common.OnBadToken)
	return core.Policy{
		Application: core.Application{Bearer: m.Bearer(d), Accepts: m.Accepts(d), IgnoreBadCredential: func(a *api.Attempt) bool {
			ignored, ok := ignores(a)
			return ok && ignored
		}, Read: func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{REST: []string{m.Base()}}.Read(method, path, query)
		}},
	}
}
