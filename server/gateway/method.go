package gateway

import (
	"context"
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// methodChecker holds a request to the rules and hooks for other methods;
// [core.Engine] is one.
type methodChecker interface {
	CheckMethods(ctx context.Context, a *api.Attempt, d core.Decision, methods []string) error
}

var _ methodChecker = (*core.Engine)(nil)

// decideMethod refuses a request that names another method in _method of its query,
// by which many frameworks go, if it would not pass as that. What a REST API makes of it
// is part of the reading that was decided on; a page may be of any program.
func (f *forward) decideMethod(ctx context.Context) {
	a := &f.attempt
	if a.Query == "" || !mayName(a.Query) || isREST(f.decision.Reading) {
		return
	}
	checker, ok := core.Capability[methodChecker](f.gateway.engine)
	if !ok {
		return
	}
	if err := checker.CheckMethods(ctx, a, f.decision, namedMethods(a.Query)); err != nil {
		f.decision = core.Decision{Err: api.AsError(err), Identity: f.decision.Identity, Rule: f.decision.Rule}
	}
}

// isREST reports whether the upstream takes a request for calls of its REST API alone.
func isREST(r *route.Reading) bool {
	if r == nil {
		return false
	}
	for m := range r.All() {
		if !m.IsREST() {
			return false
		}
	}
	return true
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

// isOverride reports whether a parameter is _method, also for those who forget blanks in
// front of a name and have an underscore for a dot or bracket, and as a list.
func isOverride(name string) bool {
	name = strings.TrimLeft(name, " ")
	if name == "" || strings.IndexByte("_.[", name[0]) < 0 {
		return false
	}
	rest, ok := strings.CutPrefix(name[1:], "method")
	return ok && (rest == "" || rest[0] == '[' || rest[0] == 0)
}
