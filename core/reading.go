package core

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/route"
)

// governing is the set of rules that must all allow a request. It has one rule unless the
// upstream could read the request in several ways.
type governing struct {
	rule *route.Rule   // the strictest; its header and name are used
	also []*route.Rule // the others
}

// ruleFor returns the rules that govern a request as its upstream is going to read it, and
// stores the reading in d.
func ruleFor(p *compiled.Policy, host string, a *api.Attempt, d *Decision) (g governing, err error) {
	literal, _ := p.Rules.Match(host, a.Method, a.Path)
	if p.Read == nil {
		err = g.govern(p, host, a.Path, literal)
		return g, err
	}
	upstream := "" // the default upstream, if no rule matches the literal path
	if literal != nil {
		upstream = literal.Upstream
	}
	read, err := p.ReadAs(upstream, a)
	if err != nil {
		return g, err
	}
	if read.Path == "" {
		err = g.govern(p, host, a.Path, literal)
		return g, err
	}
	kept := read // moves to the heap only from here on
	d.Reading = &kept
	for m := range read.All() {
		meant, _ := p.Rules.Match(host, m.Method, m.Path)
		if meant != nil && literal != nil && meant.Upstream != literal.Upstream {
			return g, api.E(api.Invalid, api.ReasonBadPath, "the request names a path of another application")
		}
		if err := g.govern(p, host, m.Path, meant); err != nil {
			return g, err
		}
	}
	return g, nil
}

// govern adds a rule, or returns the refusal if it is nil.
func (g *governing) govern(p *compiled.Policy, host, path string, rule *route.Rule) error {
	switch {
	case rule == nil:
		return noRule(p, host, path)
	case g.rule == nil:
		g.rule = rule
	case rule == g.rule || slices.Contains(g.also, rule):
	case rule.Upstream != g.rule.Upstream:
		return api.E(api.Invalid, api.ReasonBadPath, "the request names a path of another application")
	case strictness(rule) > strictness(g.rule):
		g.rule, g.also = rule, append(g.also, g.rule)
	default:
		g.also = append(g.also, rule)
	}
	return nil
}

func strictness(r *route.Rule) int {
	switch r.Access {
	case route.Public:
		return 0
	case route.Optional:
		return 1
	}
	return 2
}

// narrowed returns the strictest rule, without what the other rules do not allow.
func (g governing) narrowed() *route.Rule {
	if g.also == nil {
		return g.rule
	}
	narrow := *g.rule
	narrow.AcceptsFrom = slices.Clone(narrow.AcceptsFrom)
	for _, r := range g.also {
		narrow.ForwardCredential = narrow.ForwardCredential && r.ForwardCredential
		narrow.PassAuthorization = narrow.PassAuthorization && r.PassAuthorization
		if r.OnRevoke != route.Keep {
			narrow.OnRevoke = route.End
		}
		narrow.AcceptsFrom = slices.DeleteFunc(narrow.AcceptsFrom, func(mount string) bool {
			return r.Access != route.Public && !slices.Contains(r.AcceptsFrom, mount)
		})
	}
	return &narrow
}

// isPublic reports whether the request needs no authentication. With hooks, every way of
// reading the request must be public.
func (g governing) isPublic(ctx context.Context, e *Engine, p *compiled.Policy, at *compiled.Target, a *api.Attempt) (bool, error) {
	if p.Hooks.RouteExclusion.Len() == 0 {
		return g.rule.Access == route.Public, nil // it is the strictest
	}
	return g.isExcluded(ctx, e, p, at, a)
}

// isExcluded runs route-exclusion. It is a function of its own, like the other loops over
// views, because the variables of its body escape to the heap.
func (g governing) isExcluded(ctx context.Context, e *Engine, p *compiled.Policy, at *compiled.Target, a *api.Attempt) (bool, error) {
	host := at.Host
	for seen := range at.Views(a) {
		rule := g.ruleOf(p, host, seen)
		x, err := p.Hooks.RouteExclusion.Apply(ctx, Exclusion{Public: rule.Access == route.Public, Rule: rule.Name, Attempt: seen})
		if err != nil {
			return false, e.env.Events.HookError(ctx, err)
		}
		if !x.Public {
			return false, nil
		}
	}
	return true, nil
}

// ruleOf returns the governing rule for the view that a hook is shown.
func (g governing) ruleOf(p *compiled.Policy, host string, seen *api.Attempt) *route.Rule {
	if g.also != nil {
		if rule, _ := p.Rules.Match(host, seen.Method, seen.Path); rule != nil {
			return rule
		}
	}
	return g.rule
}

// tolerate reports whether a request continues as anonymous after err.
func (g governing) tolerate(p *compiled.Policy, a *api.Attempt, err error) bool {
	return tolerates(p, g.rule, a, err) && !slices.ContainsFunc(g.also, func(r *route.Rule) bool {
		return r.Access != route.Public && !tolerates(p, r, a, err)
	})
}

// permit refuses identities that one of the rules does not allow, or that a hook refuses
// for one of the ways of reading the request.
func (g governing) permit(ctx context.Context, e *Engine, p *compiled.Policy, at *compiled.Target, a *api.Attempt, d *Decision) error {
	if err := permitted(g.rule, d); err != nil {
		return err
	}
	for _, r := range g.also {
		if err := permitted(r, d); err != nil {
			return err
		}
	}
	if p.Hooks.RouteAccess.Len() == 0 {
		return nil
	}
	return g.askAccess(ctx, e, p, at, a, d.Identity)
}

// askAccess runs route-access.
func (g governing) askAccess(ctx context.Context, e *Engine, p *compiled.Policy, at *compiled.Target, a *api.Attempt, id api.Identity) error {
	host := at.Host
	for seen := range at.Views(a) {
		access := Access{Identity: id, Rule: g.ruleOf(p, host, seen).Name, Attempt: seen}
		if _, err := p.Hooks.RouteAccess.Apply(ctx, access); err != nil {
			return e.env.Events.HookError(ctx, err)
		}
	}
	return nil
}

// RuleAt returns the rule for a method and a canonical path at the attempt's host, and
// false if there is none. It is for callers whose handlers may read a request differently
// from its request line.
func (e *Engine) RuleAt(a *api.Attempt, method, path string) (*route.Rule, bool) {
	host, err := route.Host(a.Host)
	if err != nil {
		return nil, false
	}
	return e.env.Policy.Load().Rules.Match(host, strings.ToUpper(method), path) // rules are in upper case
}

// OtherSlash returns the rule for the attempt's path with the slash at the end added or
// removed, if that rule is more specific than the attempt's own.
func (e *Engine) OtherSlash(a *api.Attempt) (*route.Rule, bool) {
	host, err := route.Host(a.Host)
	if err != nil {
		return nil, false
	}
	return e.env.Policy.Load().Rules.OtherSlash(host, strings.ToUpper(a.Method), a.Path)
}
