package gateway

import (
	"cmp"
	"io"
	"math"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// readHeld reads up to limit bytes and reserves memory as they arrive. If none is left,
// the error is an [api.Error].
func (f *forward) readHeld(body io.Reader, limit int64) ([]byte, error) {
	b := buffer{held: &f.held, most: int(min(limit, math.MaxInt))}
	if err := b.fill(body, -1); err != nil || b.full != nil {
		return nil, cmp.Or(err, b.full)
	}
	return b.text, nil
}

// holdScreened reserves memory for the part of the body that the inspector holds.
func (f *forward) holdScreened() error {
	inspector := f.gateway.inspectors[f.decision.Rule.Upstream]
	if inspector == nil {
		return nil
	}
	if n := inspector.Hold(f.in); n > 0 {
		return f.held.Take(n)
	}
	return nil
}

// refuseHeld refuses the request because no memory is left.
func (f *forward) refuseHeld(w http.ResponseWriter, err error) {
	d := core.Decision{Err: api.AsError(err), Identity: f.decision.Identity, Rule: f.decision.Rule}
	f.decision = d
	f.gateway.refused(w, f.in, f)
}
