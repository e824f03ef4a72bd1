package core

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/route"
)

// maxMethods is the maximum number of other methods that a request may name.
const maxMethods = 4

// CheckMethods refuses an attempt that was allowed with d if the application could take one
// of methods for its method, and the rules or hooks would not allow that method for the
// same identity. Each method is decided as a separate request and counts towards an API
// key's rate. The error is an [api.Error].
func (e *Engine) CheckMethods(ctx context.Context, a *api.Attempt, d Decision, methods []string) error {
	methods = slices.Compact(slices.Sorted(slices.Values(methods)))
	if len(methods) > maxMethods {
		return otherMethod()
	}
	for _, method := range methods {
		if method == a.Method {
			continue
		}
		if other, _ := e.RuleAt(a, method, a.Path); other.Forbids(d.Rule) {
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

// DecidesByMethod reports whether an attempt that was allowed with d might be refused with
// another method: by a rule at its path, by a rule at a path that servers treat as the
// same, or by a hook.
func (e *Engine) DecidesByMethod(a *api.Attempt, d Decision) bool {
	p := e.env.Policy.Load()
	if decideByPath(p.Hooks) {
		return true
	}
	host, err := route.Host(a.Host)
	if err != nil {
		return true
	}
	forms, err := others{e}.cutForms(p, a, d)
	if err != nil {
		return true
	}
	meant, err := p.PathsOf(d.Rule, d.Reading, a, forms)
	forms = append(forms, meant...)
	if err != nil || compiled.FilesOf(p, d.Reading).StricterByMethod(a, d.Rule, forms) {
		return true
	}
	for _, path := range append(forms, a.Path, route.OtherSlash(a.Path)) {
		if path != "" && p.Rules.StricterByMethod(host, path, d.Rule) {
			return true
		}
	}
	return false
}

func otherMethod() error {
	return api.E(api.Invalid, api.ReasonMethodOverride, "the request names another method than its own")
}
