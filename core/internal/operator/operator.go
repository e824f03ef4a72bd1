package operator

import (
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/revoke"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/internal/verify"
)

// Operator revokes and inspects credentials for operators. It is safe for concurrent use.
type Operator struct {
	*env.Env

	verifier *verify.Verifier
	revoker  *revoke.Revoker
	standing *standing.Standing
}

// New returns an Operator.
func New(e *env.Env, v *verify.Verifier, r *revoke.Revoker, s *standing.Standing) *Operator {
	return &Operator{e, v, r, s}
}
