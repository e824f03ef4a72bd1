package core

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestCheckToken_layoutGone: a token of a layout that a reload took away is asked nothing
// about it.
func TestCheckToken_layoutGone(t *testing.T) {
	e, p := newBare(t), layoutsPolicy()
	if err := e.checkToken(t.Context(), p, &api.Identity{Proof: api.Proof{TokenID: "t", Layout: "gone"}}, nil, nil); err != nil {
		t.Error(err)
	}
}
