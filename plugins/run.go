package plugins

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

// call runs the hook on an event. It returns nil, hooks.ErrStop, the guest's
// refusal, or a *Fault.
func (v *version) call(ctx context.Context, b *binding, view hooks.View) error {
	if !b.shadow && v.spent(api.AllowanceOf(ctx)) {
		return errAllowance()
	}
	if err := v.breaker.enter(); err != nil {
		return v.fault(b, FaultPaused, err)
	}
	i, err := v.pool.get(ctx, v.patience(b))
	if err != nil {
		v.breaker.undecided()
		return v.fault(b, poolClass(err), err)
	}
	if err := v.sit(ctx, i, v.patience(b)); err != nil {
		v.pool.put(i)
		return v.refuse(ctx, b, err)
	}
	err = v.serve(ctx, b, view, i)
	v.judge(ctx, err)
	return err
}

// refuse is the fault of a call that found no seat. A plugin that is over its share of
// time breaks by that, others are not to blame.
func (v *version) refuse(ctx context.Context, b *binding, err error) error {
	f := v.fault(b, FaultBusy, err)
	if errors.Is(err, errShare) {
		v.judge(ctx, f)
	} else {
		v.breaker.undecided()
	}
	return f
}

// spent reports whether the requests that came together have had what one may cost, in
// fuel and in time. It costs them all, whatever the binding's on_error: who sends them
// could choose otherwise which of them no hook sees.
func (v *version) spent(a *api.Allowance) bool {
	if a == nil {
		return false
	}
	used, l := a.Used(v.plugin.name), &v.source.limits
	return used.Fuel >= l.Fuel || used.Time >= l.Time+l.Deadline
}

func errAllowance() error {
	return api.E(api.Invalid, route.ReasonBadBatch, "the batch takes as long to judge as one request may: send fewer requests at a time")
}

// patience is how long a call waits for an instance and for a seat. Nobody waits for
// one at an event, which would be lost.
func (v *version) patience(b *binding) time.Duration {
	if b.point.IsFilter() {
		return v.source.limits.Wait
	}
	return max(v.source.limits.Wait, v.source.limits.Deadline)
}

// serve runs the hook in an instance and gives seat and instance back. A panic of the
// host's own on the way is the plugin's failure.
func (v *version) serve(ctx context.Context, b *binding, view hooks.View, i *wasm.Instance) (err error) {
	g, a := i.State.(*guest), v.access[b.place]
	g.begin(ctx, a, view)
	g.shadows = b.shadow
	g.served++
	g.seated = true
	defer func() {
		if r := recover(); r != nil {
			g.broken = true
			err = v.fault(b, FaultHost, v.panicked(ctx, r))
		}
		v.giveBack(i, g, a)
	}()
	status, err := v.count(ctx, i, a)
	if g.broken = err != nil; g.broken {
		err = v.fault(b, callClass(err), err)
	} else {
		err = v.conclude(b, g, a, status)
	}
	v.observe(ctx, i, status, err)
	return err
}

// count calls the hook, and counts what it takes where that is asked for.
func (v *version) count(ctx context.Context, i *wasm.Instance, a *access) (abi.Status, error) {
	allowed, fuel := api.AllowanceOf(ctx), v.source.limits.Fuel
	if allowed == nil {
		return i.CallSlot(a.index, a.export, fuel)
	}
	begun := time.Now()
	status, err := i.CallSlot(a.index, a.export, fuel)
	allowed.Add(v.plugin.name, fuel-max(i.Fuel(), 0), time.Since(begun))
	return status, err
}

// giveBack returns an instance to the pool, as ready as it is.
func (v *version) giveBack(i *wasm.Instance, g *guest, a *access) {
	if !g.broken && i.StackBytes() > keptStack {
		i.Slim(a.index, a.export)
	}
	if g.seated {
		v.rise()
		g.seated = false
	}
	g.end()
	if v.isolation() == Reuse && !v.worn(i, g) {
		v.pool.put(i)
	} else {
		v.pool.retire(i)
	}
}

// keptStack is the largest stack that an instance keeps for a function until the next
// call: with hooks at every point and two instances that is 16 MiB.
const keptStack = 256 << 10

// judge tells the breaker.
func (v *version) judge(ctx context.Context, err error) {
	f, broken := err.(*Fault)
	if v.breaker.done(broken && f.counts(), broken && f.Class == FaultStack) {
		v.log.ErrorContext(ctx, "plugin is disabled", "until", v.breaker.state(), "err", f)
	}
}

// conclude does what the status says.
func (v *version) conclude(b *binding, g *guest, a *access, status abi.Status) error {
	switch {
	case status < 0:
		return v.fault(b, FaultReported, fmt.Errorf("status %d: %s", status, cmp.Or(g.failure, "no text from fail()")))
	case status > abi.NotApplicable:
		return v.fault(b, FaultStatus, fmt.Errorf("status %d has no meaning", status))
	case status == abi.Refuse && !a.point.Filter:
		return v.fault(b, FaultStatus, errors.New("it refuses an event, which has happened already"))
	case b.shadow:
		return v.compare(b, g, status)
	case status == abi.Refuse:
		return cmp.Or(g.denial, api.E(api.Denied, api.ReasonHook, ""))
	case status == abi.NotApplicable:
		return nil
	}
	if err := g.journal.commit(g.ctx, g.view); err != nil {
		return v.fault(b, FaultCommit, err)
	}
	if status == abi.Stop && a.mayStop() {
		return hooks.ErrStop
	}
	return nil
}
