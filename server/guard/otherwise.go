package guard

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// ReasonMethodOverride is the reason of a request that names a second method,
// which the program may take for the first (400).
const ReasonMethodOverride = api.ReasonMethodOverride

// checkReadings refuses a request that was let through and that routers below the
// guard may read in another way, if the rule for that reading asks for more, or a hook
// refuses it.
func (g *Guard) checkReadings(r *http.Request, a *api.Attempt, d core.Decision) error {
	rule := d.Rule
	if other, ok := g.engine.OtherSlash(a); ok && other.StricterThan(rule) {
		return misconfigured("%.200q is decided by rule %q, and rule %q is for the same path but for the slash at its end: set TrailingSlash to same in core.Policy, or write a rule for this path",
			a.Path, rule.Name, other.Name)
	}
	if r.URL.RawPath != "" && r.URL.RawPath != r.URL.Path {
		raw, _, _ := strings.Cut(a.RawTarget, "?")
		if other, _ := g.engine.RuleAt(a, a.Method, raw); other.StricterThan(rule) {
			return api.E(api.Invalid, api.ReasonBadPath, "the request path is percent-encoded in a way that can be read in two ways")
		}
	}
	if methods := otherMethods(r, a); len(methods) > 0 {
		return g.engine.CheckMethods(r.Context(), a, d, methods)
	}
	return nil
}

// otherMethods are those that a request names in the headers and the parameter
// that middleware takes them from. A form's _method is not looked at.
func otherMethods(r *http.Request, a *api.Attempt) []string {
	var out []string
	for _, name := range []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override"} {
		out = append(out, r.Header[name]...)
	}
	if a.Method == http.MethodPost && a.Query != "" {
		out = append(out, r.URL.Query()["_method"]...)
	}
	for i, method := range out {
		out[i] = strings.ToUpper(strings.TrimSpace(method))
	}
	return slices.DeleteFunc(out, func(m string) bool { return m == "" || m == a.Method })
}
