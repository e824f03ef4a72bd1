package core

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// ruleFor returns the rule that governs a request, the way its upstream is going
// to read it.
func (e *Engine) ruleFor(p *policy, host string, a *api.Attempt) (*route.Rule, error) {
	rule, ok := p.rules.Match(host, a.Method, a.Path)
	if p.read == nil {
		return e.orNone(p, rule, host, a.Path)
	}
	upstream := "" // the only one, where no rule names the path as it is written
	if ok {
		upstream = rule.Upstream
	}
	method, path, err := p.read(upstream, a.Method, a.Path, a.Query)
	if err != nil {
		return rule, err
	}
	if method == a.Method && path == a.Path {
		return e.orNone(p, rule, host, path)
	}
	meant, found := p.rules.Match(host, method, path)
	if !found {
		return nil, e.noRule(p, host, path)
	}
	if ok && meant.Upstream != rule.Upstream {
		return nil, api.E(api.Invalid, api.ReasonBadPath, "the query names a path of another application")
	}
	return meant, nil
}

// orNone returns the rule, or the refusal where there is none.
func (e *Engine) orNone(p *policy, rule *route.Rule, host, path string) (*route.Rule, error) {
	if rule == nil {
		return nil, e.noRule(p, host, path)
	}
	return rule, nil
}

// RuleAt returns the rule that governs a method and a canonical path at the
// attempt's host, false if there is none: for doors whose handlers may read a
// request in another way than its request line says.
func (e *Engine) RuleAt(a *api.Attempt, method, path string) (*route.Rule, bool) {
	host, err := route.Host(a.Host)
	if err != nil {
		return nil, false
	}
	return e.policy.Load().rules.Match(host, method, path)
}

// OtherSlash returns the rule that governs the attempt with a slash more or less
// at the end of its path, if that rule is more specific than the attempt's own.
func (e *Engine) OtherSlash(a *api.Attempt) (*route.Rule, bool) {
	host, err := route.Host(a.Host)
	if err != nil {
		return nil, false
	}
	return e.policy.Load().rules.OtherSlash(host, a.Method, a.Path)
}
