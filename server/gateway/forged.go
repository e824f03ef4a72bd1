package gateway

import (
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// ruler knows rules and the headers that they name; [core.Engine] is one.
type ruler interface {
	RuleAt(a *api.Attempt, method, path string) (*route.Rule, bool)
	Carries(name string) bool
}

var _ ruler = (*core.Engine)(nil)

// hideForged takes what the upstream is not going to hear out of what methods and hooks
// are shown: a hook that goes by such a header would believe the client. Where the
// request comes from they know by the attempt's Peer, Scheme and Host.
func (g *Gateway) hideForged(r *http.Request, a *api.Attempt) {
	for name := range a.Header {
		if g.stripper.isForged(name) {
			a.Header = g.withoutForged(r, a)
			return
		}
	}
}

func (g *Gateway) withoutForged(r *http.Request, a *api.Attempt) api.Header {
	rules, _ := core.Capability[ruler](g.engine)
	forward := g.forwardAt(rules, r, a)
	return g.stripper.client.Without(a.Header, func(name string) bool {
		return name == "Content-Length" || slices.Contains(forward, name) || rules != nil && rules.Carries(name)
	})
}

// forwardAt are the headers that the upstream to which a request goes gets as they
// come, and of those that name a method, which the request is decided by.
func (g *Gateway) forwardAt(rules ruler, r *http.Request, a *api.Attempt) []string {
	if len(g.stripper.forward) == 0 && len(g.stripper.methods) == 0 || rules == nil {
		return nil
	}
	path, _, err := route.Canonical(a.RawTarget)
	if err != nil {
		return nil
	}
	upstream := "" // the only one, where no rule names the path as it is written
	rule, ok := rules.RuleAt(a, a.Method, path)
	if ok {
		upstream = rule.Upstream
	}
	methods := g.stripper.methods[upstream]
	if !ok {
		return methods
	}
	return slices.Concat(g.stripper.forwardOf(r, upstream), methods)
}

// isForged reports whether a client could misuse a header of that name. The length is
// what the server has read the body by.
func (s *stripper) isForged(name string) bool {
	return s.client.Has(name) && name != "Content-Length"
}
