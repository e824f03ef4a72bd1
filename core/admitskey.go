package core

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

// admitsKey returns a function that reports whether an API key is accepted anywhere under a
// policy, and the names of the rules that allow it.
func (e deciding) admitsKey(ctx context.Context, p *compiled.Policy) func(*api.Identity) (State, []string) {
	return func(id *api.Identity) (State, []string) {
		methods := p.Chain[api.APIKeyKind]
		if len(methods) == 0 {
			return standing.Dead("no method of this server takes API keys"), nil
		}
		var rules []string
		for _, m := range methods {
			rules = append(rules, e.rulesFor(ctx, p, m, *id)...)
		}
		if len(rules) == 0 {
			return standing.Dead("no rule of this server lets it in"), nil
		}
		slices.Sort(rules)
		return standing.Live(), slices.Compact(rules)
	}
}

// rulesFor returns the names of the rules that allow an API key, authenticated by a method,
// at the places where the method accepts credentials.
func (e deciding) rulesFor(ctx context.Context, p *compiled.Policy, m *compiled.Method, id api.Identity) (rules []string) {
	id.Method = m.ChainName
	places := m.Places
	if len(places) == 0 {
		places = []policy.Place{{}}
	}
	for _, place := range places {
		for q := range p.Rules.Requests(place.Host, place.Prefix) {
			if !slices.Contains(rules, q.Rule.Name) && e.letsIn(ctx, p, m, id, q) {
				rules = append(rules, q.Rule.Name)
			}
		}
	}
	return rules
}

// letsIn reports whether the rule and method of a request allow an API key of id. It runs no
// hooks.
func (e deciding) letsIn(ctx context.Context, p *compiled.Policy, m *compiled.Method, id api.Identity, q route.Request) bool {
	at := &compiled.Target{Host: q.Host, Path: q.Path, Rule: q.Rule}
	if q.Rule.Access == route.Public || p.CheckPlace(m, &id, at) != nil {
		return false
	}
	a := &api.Attempt{Method: q.Method, Host: q.Host, Path: q.Path, Credential: api.Credential{Kind: api.APIKeyKind}}
	if p.Accept != nil && !p.Accept(a) {
		return false
	}
	asked, err := p.AskedDirectory(api.APIKeyKind, at)
	if err != nil {
		return false
	}
	if id, _, err = e.env.Dirs.Translate(ctx, id, asked); err != nil {
		return false
	}
	return p.CheckMethod(m, &id, api.APIKeyKind, at) == nil && permitted(q.Rule, &Decision{Identity: id}) == nil
}
