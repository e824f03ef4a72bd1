package dialect

import (
	"net/http"

	"github.com/cardea-auth/cardea/core"
)

// Refuser is the optional ability of a [Dialect] to say in its plugin's words
// why the gate refused a request on a route of others. RefuseGate returns false,
// having written nothing, for refusals that it has no words for.
type Refuser interface {
	RefuseGate(e *core.Engine, w http.ResponseWriter, r *http.Request, d core.Decision) bool
}

// Governs reports whether a request is to the mount's REST API, in any of its
// forms, and so whose words a refusal is said in.
func (m Mount) Governs(r *http.Request) bool {
	_, ok := m.RESTRoute(r)
	return ok && Endpoint{Host: m.Host}.atHost(r.Host)
}
