package guard

import (
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// ReasonNotInspected is the reason of a request whose body may change its meaning and is
// not inspected by a guard (403).
const ReasonNotInspected = "not_inspected"

// Inspector finds what an application reads from bodies in addition to what was decided
// on, such as wordpress.Inspector. A guard does not read bodies: it passes nil, and the
// inspector refuses requests that it would have to inspect. It must be safe for
// concurrent use.
type Inspector interface {
	Inspect(a *api.Attempt, d *core.Decision, body httpauth.Body) ([]route.Inner, error)
}

// checkBody refuses requests whose body could carry other requests or name another route,
// if the policy has its own reading of requests: the guard does not read bodies.
func (g *Guard) checkBody(r *http.Request, a *api.Attempt, d *core.Decision) error {
	switch {
	case d.Reading == nil, r.Body == nil, r.Body == http.NoBody:
		return nil
	case g.inspector == nil:
		return notInspected("the guard has no inspector that knows what the application finds in a body: set Config.Inspector, or put the gateway in front")
	}
	inner, err := g.inspector.Inspect(a, d, nil)
	if err == nil && len(inner) == 0 {
		return nil
	}
	return notInspected("the body could carry other requests or name another route, and the guard does not look into it: send each alone, as JSON, or put the gateway in front")
}

func notInspected(text string) error { return api.E(api.Denied, ReasonNotInspected, text) }
