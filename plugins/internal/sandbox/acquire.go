package sandbox

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// acquire lets a call in i run within the limits on time and concurrency, or returns
// an error when maxWait is over. The time that it waits is not the call's.
func (e *env) acquire(ctx context.Context, i *wasm.Instance, maxWait time.Duration) error {
	if !e.usage.Time.Over() && e.tryAcquire() {
		return nil
	}
	defer i.Resume(i.Pause())
	if err := e.waitForShare(ctx, maxWait); err != nil {
		return err
	}
	return e.waitAcquire(ctx, maxWait)
}

// waitForShare waits until the plugin is within its share of time, for d at most.
func (e *env) waitForShare(ctx context.Context, d time.Duration) error {
	ahead := e.usage.Time.Ahead()
	if ahead > d {
		return errShare
	}
	if ahead == 0 {
		return nil
	}
	e.usage.Time.Paused(ahead)
	select {
	case <-time.After(ahead):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tryAcquire reports whether one more call may run now, and counts it.
func (e *env) tryAcquire() bool {
	if e.counted && !e.usage.calls.TryAcquire() {
		return false
	}
	if e.deps.Calls.TryAcquire() {
		return true
	}
	if e.counted {
		e.usage.calls.Release()
	}
	return false
}

// waitAcquire waits until one more call may run, for d at most.
func (e *env) waitAcquire(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, d, concurrency.ErrFull)
	defer cancel()
	if !e.counted {
		return e.deps.Calls.Acquire(ctx)
	}
	if err := e.usage.calls.Acquire(ctx); err != nil {
		return err
	}
	err := e.deps.Calls.Acquire(ctx)
	if err != nil {
		e.usage.calls.Release()
	}
	return err
}

// release undoes acquire.
func (e *env) release() {
	e.deps.Calls.Release()
	if e.counted {
		e.usage.calls.Release()
	}
}

// smallStack is the stack up to which a guest that waits for others does not count as
// running.
const smallStack = 1 << 20

// outside runs what waits for others without counting the call as running, so that a
// slow answer keeps no other plugin waiting. A guest whose stack may be deep counts
// all the same. When the call cannot be counted again in time, it ends.
func (g *guest) outside(i *wasm.Instance, wait func(context.Context)) {
	ctx, cancel := g.outsideContext()
	defer cancel()
	i.Rest()
	defer i.Work()
	if i.StackBytes() > smallStack {
		wait(ctx)
		return
	}
	g.env.release()
	g.running = false
	wait(ctx)
	defer i.Resume(i.Pause()) // waiting for room is not the guest's doing
	if err := g.env.waitAcquire(context.WithoutCancel(g.ctx), g.env.Limits.Deadline); err != nil {
		panic(err)
	}
	g.running = true
}

// outsideContext returns the context for waiting on others: the request's values, its
// own deadline, and not the client's, since an instance that is left in
// the middle of something is lost.
func (g *guest) outsideContext() (context.Context, context.CancelFunc) {
	return context.WithDeadline(context.WithoutCancel(g.ctx), g.deadline())
}

// maxStored bounds what of one call of the store counts as work: the rest of a longer
// one was waiting, which may be another's doing.
const maxStored = 5 * time.Millisecond

// stored is outside for a call of the store. That works on this machine: its time is
// the plugin's.
func (g *guest) stored(i *wasm.Instance, call func(context.Context)) {
	g.outside(i, func(ctx context.Context) {
		begun := time.Now()
		call(ctx)
		g.env.usage.Time.Spend(min(time.Since(begun), maxStored))
	})
}
