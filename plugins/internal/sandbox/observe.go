package sandbox

import (
	"context"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// compare calls Deps.OnShadow with the difference of a shadow's outcome, and discards its
// effects.
func (e *env) compare(h *Hook, g *guest, status abi.Status) error {
	s := Shadow{Plugin: e.Name, Point: h.Point.Name(), Refuses: status == abi.Refuse}
	if status == abi.Continue || status == abi.Stop {
		s.Differences = differences(g.journal.changes, g.view)
	}
	if s.Refuses || len(s.Differences) > 0 {
		if skipped, ok := h.Admit("shadow"); ok {
			e.Log.InfoContext(g.ctx, "shadow differs",
				"point", s.Point, "refuses", s.Refuses, "differences", len(s.Differences), "not_logged", skipped)
		}
	}
	e.deps.OnShadow(g.ctx, s)
	return h.Skip()
}

// observe calls Deps.OnCall, before the guest drops the event.
func (e *env) observe(ctx context.Context, i *wasm.Instance, status abi.Status, err error) {
	if e.deps.OnCall == nil {
		return
	}
	g := i.State.(*guest)
	c := Call{Plugin: e.Name, Point: g.pointName(), Status: status, HostCalls: g.calls, Fuel: e.Limits.Fuel - max(i.Fuel(), 0)}
	if err != hooks.ErrStop { // made by finish, never wrapped
		c.Err = err
	}
	c.Changes = g.journal.copy()
	e.deps.OnCall(ctx, c)
}
