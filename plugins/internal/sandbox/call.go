package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Call runs the hook on an event. It returns nil, hooks.ErrStop, the guest's refusal, or
// a *Fault.
func (v *Version) Call(ctx context.Context, h *Hook, view hooks.View) error {
	used := api.AllowanceOf(ctx)
	if !h.Shadow && v.overAllowance(used, h.Point.Name()) {
		return route.AllowanceSpent(used)
	}
	if err := v.breaker.enter(); err != nil {
		return v.fault(h, FaultPaused, err)
	}
	i, err := v.pool.get(ctx, v.maxWait(h))
	if err != nil {
		v.breaker.undecided()
		return v.fault(h, poolClass(err), err)
	}
	if err := v.acquire(ctx, i, v.maxWait(h)); err != nil {
		v.pool.put(i)
		return v.noRoom(ctx, h, err)
	}
	err = v.run(ctx, h, view, i, used)
	v.settle(ctx, err)
	return err
}

// noRoom returns the fault of a call that could not run in time. It counts as a failure
// only if the plugin is over its share of time, and once for each time that it is, however
// many calls come meanwhile: they cost nothing.
func (v *Version) noRoom(ctx context.Context, h *Hook, err error) error {
	f := v.fault(h, FaultBusy, err)
	if errors.Is(err, errShare) && v.usage.Time.NewlyOver() {
		v.settle(ctx, f)
	} else {
		v.breaker.undecided()
	}
	return f
}

// overAllowance reports whether the requests inside a batch have used up the fuel or time
// of one request. The whole batch is then refused, whatever the binding's on_error:
// otherwise the client could choose which of its parts no hook sees.
func (v *Version) overAllowance(a *api.Allowance, point string) bool {
	if a == nil {
		return false
	}
	used, l := a.Used(v.Name, point), &v.Limits
	return used.Fuel >= l.Fuel || used.Time >= l.Time+l.Deadline
}

// maxWait returns how long a call waits for an instance, and again for a slot. An event
// waits longer, since it would be lost.
func (v *Version) maxWait(h *Hook) time.Duration {
	if h.Point.IsFilter() {
		return v.Limits.Wait
	}
	return max(v.Limits.Wait, v.Limits.Deadline)
}

// run runs the hook in an instance and returns the instance and the slot. A panic of the
// host is treated as the plugin's failure. used may be nil.
func (v *Version) run(ctx context.Context, h *Hook, view hooks.View, i *wasm.Instance, used *api.Allowance) (err error) {
	g, a := i.State.(*guest), v.access[h.place]
	g.begin(ctx, a, view)
	g.shadow = h.Shadow
	g.served++
	g.running = true
	defer func() {
		if r := recover(); r != nil {
			g.broken = true
			err = v.fault(h, FaultHost, v.panicked(ctx, r))
		}
		v.giveBack(i, g, a)
	}()
	status, err := v.invoke(i, a, used)
	if g.broken = err != nil; g.broken {
		err = v.fault(h, callClass(err), err)
	} else {
		err = v.finish(h, g, a, status)
	}
	v.observe(ctx, i, status, err)
	return err
}

// invoke calls the hook, and adds its cost to the allowance of a batch, if there is one.
func (v *Version) invoke(i *wasm.Instance, a *access, used *api.Allowance) (abi.Status, error) {
	fuel := v.Limits.Fuel
	if used == nil {
		return i.CallSlot(a.index, a.export, fuel)
	}
	begun := time.Now()
	status, err := i.CallSlot(a.index, a.export, fuel)
	used.Add(v.Name, a.point.Name, fuel-max(i.Fuel(), 0), time.Since(begun))
	return status, err
}

// giveBack returns an instance to the pool.
func (v *Version) giveBack(i *wasm.Instance, g *guest, a *access) {
	if !g.broken && i.StackBytes() > keptStack {
		i.Slim(a.index, a.export)
	}
	if g.running {
		v.release()
		g.running = false
	}
	g.end()
	if v.Isolation == Reuse && !g.worn(i) {
		v.pool.put(i)
	} else {
		v.pool.retire(i)
	}
}

// keptStack is the largest stack that an instance keeps for a function until the next
// call: with hooks at every point and two instances that is 16 MiB.
const keptStack = 256 << 10

// settle reports the outcome of a call to the breaker.
func (v *Version) settle(ctx context.Context, err error) {
	f, broken := err.(*Fault)
	if v.breaker.done(broken && f.counts(), broken && f.Class == FaultStack) {
		v.Log.ErrorContext(ctx, "plugin is disabled", "until", v.breaker.state(), "error", f)
	}
}

// finish handles the status.
func (v *Version) finish(h *Hook, g *guest, a *access, status abi.Status) error {
	switch {
	case status < 0:
		return v.fault(h, FaultReported, fmt.Errorf("status %d: %s", status, cmp.Or(g.failure, "no text from fail()")))
	case status > abi.NotApplicable:
		return v.fault(h, FaultStatus, fmt.Errorf("status %d has no meaning", status))
	case status == abi.Refuse && !a.point.Filter:
		return v.fault(h, FaultStatus, errors.New("it refuses an event: events cannot be refused"))
	case h.Shadow:
		return v.compare(h, g, status)
	case status == abi.Refuse:
		return cmp.Or(g.denial, api.E(api.Denied, api.ReasonHook, ""))
	case status == abi.NotApplicable:
		return nil
	}
	if err := g.journal.commit(g.ctx, g.view); err != nil {
		return v.fault(h, FaultCommit, err)
	}
	if status == abi.Stop && a.mayStop() {
		return hooks.ErrStop
	}
	return nil
}
