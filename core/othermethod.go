package core

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// maxMethods is how many other methods a request may name.
const maxMethods = 4

// CheckMethods refuses an attempt that was let through with d, if the application could
// take it for one with another of these methods, and it would not be let through as
// that with the same identity: by the rules, or by a hook. Each is decided on as a
// request of its own, by an API key's rate as well. The error is an [api.Error].
func (e *Engine) CheckMethods(ctx context.Context, a *api.Attempt, d Decision, methods []string) error {
	methods = slices.Compact(slices.Sorted(slices.Values(methods)))
	if len(methods) > maxMethods {
		return otherMethod()
	}
	for _, method := range methods {
		if method == a.Method {
			continue
		}
		if other, _ := e.RuleAt(a, method, a.Path); other.StricterThan(d.Rule) {
			return otherMethod()
		}
		also := *a
		also.Method = method
		as := e.Decide(ctx, &also)
		switch {
		case as.Outcome != Allowed:
			return as.Err
		case as.NarrowerThan(d):
			return otherMethod()
		}
		if err := e.CheckTrimmed(ctx, &also, as); err != nil {
			return err
		}
	}
	return nil
}

// DecidesByMethod reports whether an attempt that was let through with d might not be with
// another method: by a rule at its path, or at one that servers take for it, or by a hook.
func (e *Engine) DecidesByMethod(a *api.Attempt, d Decision) bool {
	p := e.env.Policy.Load()
	if decideByPath(p.Hooks) {
		return true
	}
	host, err := route.Host(a.Host)
	if err != nil {
		return true
	}
	for _, path := range []string{a.Path, route.Trimmed(a.Path), route.OtherSlash(a.Path)} {
		if path != "" && p.Rules.StricterByMethod(host, path, d.Rule) {
			return true
		}
	}
	return false
}

func otherMethod() error {
	return api.E(api.Invalid, api.ReasonMethodOverride, "the request names another method than its own")
}
