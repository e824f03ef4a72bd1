package guard

import (
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// checkTargets checks what a request does in addition to its request line: second
// resources, which handlers may interpret below a removed prefix, and actions below its
// own resource.
func (g *Guard) checkTargets(r *http.Request, a *api.Attempt, d core.Decision, methods []string) error {
	targets, err := g.targets.Of(r, methods...)
	if err != nil {
		return err
	}
	for i := range targets {
		targets[i].Cut = targets[i].Cut || !g.whole
	}
	actions := httpauth.Actions(r, a.RawTarget, methods...)
	if len(targets) > 0 || g.engine.ActsBelow(a, actions) {
		if err := g.checkRequired(d); err != nil {
			return err
		}
	}
	targets = append(targets, actions...)
	if len(targets) == 0 {
		return nil
	}
	return g.engine.CheckTargets(r.Context(), a, d, targets)
}

// checkRequired refuses a user who lacks the roles of any Require of this guard: a router
// sees only the request's own path, so any Require may protect a second resource or one
// below.
func (g *Guard) checkRequired(d core.Decision) error {
	g.mu.Lock()
	list := g.required
	g.mu.Unlock()
	for _, roles := range list {
		if !has(d, roles) {
			return lacking(!d.Anonymous())
		}
	}
	return nil
}

// has reports whether the user is authenticated and has one of the roles, if there are
// any.
func has(d core.Decision, roles []string) bool {
	return !d.Anonymous() && (len(roles) == 0 || d.Identity.HasRole(roles...))
}

// noteRequired records the roles of a Require.
func (g *Guard) noteRequired(roles []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !slices.ContainsFunc(g.required, func(have []string) bool { return slices.Equal(have, roles) }) {
		g.required = append(slices.Clip(g.required), slices.Clone(roles))
	}
}
