package core

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// ProtectedHeaders returns the headers, besides X-Auth-... and X-Cardea-..., that
// hooks or the policy may set or protect: a door takes them out of every request, in
// every spelling. Nil if there are none.
func (e *Engine) ProtectedHeaders() *route.Names { return e.policy.Load().Protected() }

// Carries reports whether a rule or site has credentials in a header of that name.
func (e *Engine) Carries(name string) bool { return e.policy.Load().Carriers.Has(name) }

// WithoutForged returns the headers that hooks are shown of what a client sent to one of
// Cardea's own endpoints: none by which it could speak for a proxy, but for those that
// carry credentials. The result shares h's values.
func (e *Engine) WithoutForged(h api.Header) api.Header {
	return e.forged.Without(h, func(name string) bool { return name == "Content-Length" || e.Carries(name) })
}
