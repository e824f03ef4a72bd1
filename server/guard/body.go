package guard

import (
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// ReasonNotInspected is the reason of a request whose body could name what it is for,
// where a guard looks into none (403).
const ReasonNotInspected = "not_inspected"

// Inspector knows what an application finds in bodies besides what was decided on, such
// as wordpress.Inspector. A guard reads no bodies: it gives a nil one, and the inspector
// then refuses what it would have to look into. It must be safe for concurrent use.
type Inspector interface {
	Inspect(a *api.Attempt, d *core.Decision, body httpauth.Body) ([]route.Inner, error)
}

// checkBody refuses, where the policy has a reading of its own for requests, those whose
// body could carry others or name another route: the guard reads no bodies.
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
