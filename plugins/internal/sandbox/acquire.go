package sandbox

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// acquire waits until a call in i may run within the limits on time and concurrency, or
// returns an error after maxWait. The wait does not count towards the call's time.
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

// waitForShare waits until the plugin is within its share of time, at most d.
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

// tryAcquire acquires a slot if one is free, and reports whether it did.
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

// waitAcquire waits for a slot, at most d.
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

// smallStack is the largest stack, in bytes, with which a waiting guest does not count as
// running.
const smallStack = 1 << 20

// outside runs wait, which blocks on kv or http, without counting the call as running, so
// that a slow response does not delay other plugins. A guest whose stack may be deep
// stays counted. If no slot is free afterwards, the call fails.
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
	defer i.Resume(i.Pause()) // the wait for a slot does not count as the guest's time
	if err := g.env.waitAcquire(context.WithoutCancel(g.ctx), g.env.Limits.Deadline); err != nil {
		panic(err)
	}
	g.running = true
}

// outsideContext returns the context for kv and http: the request's values with the
// call's own deadline, but without the client's cancellation, since an interrupted
// instance is lost.
func (g *guest) outsideContext() (context.Context, context.CancelFunc) {
	return context.WithDeadline(context.WithoutCancel(g.ctx), g.deadline())
}

// maxStored bounds the time of one store call that counts as the plugin's work: more was
// waiting, possibly for another plugin.
const maxStored = 5 * time.Millisecond

// stored is outside for a call of the store. The store works on this machine, so its time
// counts as the plugin's.
func (g *guest) stored(i *wasm.Instance, call func(context.Context)) {
	g.outside(i, func(ctx context.Context) {
		begun := time.Now()
		call(ctx)
		g.env.usage.Time.Spend(min(time.Since(begun), maxStored))
	})
}
