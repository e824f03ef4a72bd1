package issue

import (
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/internal/revoke"
	"github.com/cardea-auth/cardea/core/internal/standing"
)

// Issuer issues tokens and starts sessions. It is safe for concurrent use.
type Issuer struct {
	*env.Env

	after    *loginafter.Asker
	revoker  *revoke.Revoker
	standing *standing.Standing
}

// New returns an Issuer.
func New(e *env.Env, a *loginafter.Asker, r *revoke.Revoker, s *standing.Standing) *Issuer {
	return &Issuer{e, a, r, s}
}
