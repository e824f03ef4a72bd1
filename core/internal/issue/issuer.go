package issue

import (
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/internal/revoke"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/throttle"
)

// Issuer issues tokens and starts sessions. It is safe for concurrent use.
type Issuer struct {
	*env.Env

	after    *loginafter.Asker
	revoker  *revoke.Revoker
	standing *standing.Standing
	uses     throttle.Counter // of refresh tokens, by session; nil: no limit
	perMin   int
}

// New returns an Issuer.
func New(e *env.Env, a *loginafter.Asker, r *revoke.Revoker, s *standing.Standing) *Issuer {
	return &Issuer{Env: e, after: a, revoker: r, standing: s}
}

// LimitRefreshes sets how many refreshes of one session succeed in a minute. Call it
// before the first one.
func (e *Issuer) LimitRefreshes(uses throttle.Counter, perMinute int) {
	e.uses, e.perMin = uses, perMinute
}
