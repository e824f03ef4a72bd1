package verify

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/point"
)

// TestCheckToken_formatGone: no hook is called for a token whose format a reload removed.
func TestCheckToken_formatGone(t *testing.T) {
	e, p := &Verifier{Env: &env.Env{}}, &compiled.Policy{Hooks: point.NewHooks()}
	if err := e.CheckToken(t.Context(), p, &api.Identity{Proof: api.Proof{TokenID: "t", TokenFormat: "gone"}}, nil, nil); err != nil {
		t.Error(err)
	}
}
