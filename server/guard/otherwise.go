package guard

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// ReasonMethodOverride is the reason of a request that names a second method, which the
// program may apply instead of the first (400).
const ReasonMethodOverride = api.ReasonMethodOverride

// checkReadings refuses an allowed request that the program below the guard may interpret
// differently, or that does more than its request line says, if a rule is stricter for
// that or a hook refuses it.
func (g *Guard) checkReadings(r *http.Request, a *api.Attempt, d core.Decision) error {
	if err := g.checkPaths(r, a, d); err != nil {
		return err
	}
	if err := g.checkBody(r, a, &d); err != nil {
		return err
	}
	methods := otherMethods(r, a)
	if len(methods) > 0 {
		if err := g.checkMethods(r, a, d, methods); err != nil {
			return err
		}
	}
	return g.checkTargets(r, a, d, methods)
}

// checkPaths checks the other paths that routers may see: with another trailing slash, in
// the encoded form, and without spaces and dots at the ends of segments.
func (g *Guard) checkPaths(r *http.Request, a *api.Attempt, d core.Decision) error {
	ctx := r.Context()
	if err := g.checkSlash(ctx, a, d); err != nil {
		return err
	}
	if r.URL.RawPath != "" && r.URL.RawPath != r.URL.Path {
		raw, _, _ := strings.Cut(a.RawTarget, "?")
		if other, _ := g.engine.RuleAt(a, a.Method, raw); other.StricterThan(d.Rule) {
			return api.E(api.Invalid, api.ReasonBadPath, "the percent-encoding of the request path is ambiguous")
		}
		if err := g.engine.CheckPath(ctx, a, d, raw); err != nil {
			return err
		}
	}
	return g.engine.CheckTrimmed(ctx, a, d)
}

// checkMethods checks the methods that middleware may apply instead of the request's own,
// also with another trailing slash.
func (g *Guard) checkMethods(r *http.Request, a *api.Attempt, d core.Decision, methods []string) error {
	if err := g.engine.CheckMethods(r.Context(), a, d, methods); err != nil {
		return err
	}
	also := *a
	for _, also.Method = range methods {
		if err := g.checkSlash(r.Context(), &also, d); err != nil {
			return err
		}
	}
	return nil
}

// checkSlash checks rules and hooks for the path with another trailing slash.
func (g *Guard) checkSlash(ctx context.Context, a *api.Attempt, d core.Decision) error {
	if other, ok := g.engine.OtherSlash(a); ok && other.StricterThan(d.Rule) {
		return misconfigured("%.200q is decided by rule %q, and rule %q is for the same path but for the slash at its end: set TrailingSlash to same in core.Policy, or write a rule for this path",
			a.Path, d.Rule.Name, other.Name)
	}
	return g.engine.CheckSlash(ctx, a, d)
}

// otherMethods returns the methods in the headers and the query parameters that middleware
// evaluates. A form's _method is not checked.
func otherMethods(r *http.Request, a *api.Attempt) []string {
	var out []string
	for name, values := range r.Header {
		if slices.ContainsFunc(route.Overrides(), func(override string) bool { return route.IsAlias(name, override) }) {
			out = append(out, values...)
		}
	}
	if a.Method == http.MethodPost && a.Query != "" {
		for name, values := range r.URL.Query() {
			if httpauth.NamesMethod(name) {
				out = append(out, values...)
			}
		}
	}
	for i, method := range out {
		out[i] = strings.ToUpper(strings.TrimSpace(method))
	}
	return slices.DeleteFunc(out, func(m string) bool { return m == "" || m == a.Method })
}
