package gateway

import (
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// ruler finds the rule for another method; [core.Engine] is one.
type ruler interface {
	RuleAt(a *api.Attempt, method, path string) (*route.Rule, bool)
}

var _ ruler = (*core.Engine)(nil)

// decideMethod refuses a request that names another method in _method of its query,
// by which many frameworks go, if the rule for that asks for more. What a WordPress
// makes of it is part of the reading that was decided on.
func (f *forward) decideMethod() {
	a, rule := &f.attempt, f.decision.Rule
	if f.decision.Reading != nil || a.Query == "" || !mayName(a.Query) {
		return
	}
	rules, ok := core.Capability[ruler](f.gateway.engine)
	if !ok {
		return
	}
	for _, method := range namedMethods(a.Query) {
		if other, _ := rules.RuleAt(a, method, a.Path); other.StricterThan(rule) {
			f.refuseMethod()
			return
		}
	}
}

// mayName reports whether a query could have a parameter _method, encoded or not.
func mayName(query string) bool {
	return strings.Contains(query, "method") || strings.ContainsRune(query, '%')
}

// namedMethods are the values of _method, in capitals, by whichever character the
// application separates parameters.
func namedMethods(query string) []string {
	var out []string
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); err != nil || !isOverride(name) {
			continue
		}
		if value, err := url.QueryUnescape(value); err == nil {
			out = append(out, strings.ToUpper(strings.TrimSpace(value)))
		}
	}
	return out
}

// isOverride reports whether a parameter is _method, also as PHP reads names and as a
// list.
func isOverride(name string) bool {
	return route.HasParameter(url.QueryEscape(name), "_method")
}

func (f *forward) refuseMethod() {
	err := api.E(api.Invalid, api.ReasonMethodOverride, "the request names another method than its own")
	f.decision = core.Decision{Err: err, Identity: f.decision.Identity, Rule: f.decision.Rule}
}
