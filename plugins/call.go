package plugins

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Call is what one call of a hook did. It is for audits, recordings and tests;
// clients never see it.
type Call struct {
	Plugin, Point string
	// Status is what the guest returned; zero when it broke before it could.
	Status abi.Status
	// Err is nil, the refusal (an *api.Error), or a *[Fault].
	Err error
	// Changes is the journal in its order. They count if Err is nil and Status
	// keeps changes.
	Changes []Change
	// Fuel is what the guest burned, HostCalls how often it called the host.
	Fuel      int64
	HostCalls int
}

// Change is one entry of a journal.
type Change struct {
	Key     string
	Value   hooks.Value
	Deleted bool
}

// observe tells Config.OnCall, before the guest forgets the event.
func (v *version) observe(ctx context.Context, i *wasm.Instance, status abi.Status, err error) {
	if v.host.cfg.OnCall == nil {
		return
	}
	g := i.State.(*guest)
	c := Call{Plugin: v.name, Point: g.pointName(), Status: status, HostCalls: g.calls, Fuel: v.source.limits.Fuel - max(i.Fuel(), 0)}
	if err != hooks.ErrStop { // made by conclude, never wrapped
		c.Err = err
	}
	c.Changes = slices.Clone(g.journal.changes)
	v.host.cfg.OnCall(ctx, c)
}
