package core

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// ruleFor returns the rule that governs a request, the way its upstream is going
// to read it.
func (e *Engine) ruleFor(p *policy, host string, a *api.Attempt) (*route.Rule, error) {
	rule, ok := p.rules.Match(host, a.Method, a.Path)
	if !ok {
		return nil, e.noRule(p, host, a.Path)
	}
	if p.read == nil {
		return rule, nil
	}
	method, path, err := p.read(rule.Upstream, a.Method, a.Path, a.Query)
	if err != nil || method == a.Method && path == a.Path {
		return rule, err
	}
	meant, ok := p.rules.Match(host, method, path)
	if !ok {
		return nil, e.noRule(p, host, path)
	}
	if meant.Upstream != rule.Upstream {
		return nil, api.E(api.Invalid, api.ReasonBadPath, "the query names a path of another application")
	}
	return meant, nil
}
