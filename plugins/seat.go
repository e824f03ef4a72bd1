package plugins

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// sit takes a seat in the crowd for a call in i, or returns an error when patience
// ends. The time that it waits is not the call's.
func (v *version) sit(ctx context.Context, i *wasm.Instance, patience time.Duration) error {
	if !v.plugin.share.Over() && v.try() {
		return nil
	}
	defer i.Resume(i.Pause())
	if err := v.await(ctx, patience); err != nil {
		return err
	}
	return v.queue(ctx, patience)
}

var errShare = errors.New("the plugin computes for more than its share of time: make the hook faster, or raise limits.share")

// await waits until the plugin is within its share of time, for d at most.
func (v *version) await(ctx context.Context, d time.Duration) error {
	ahead := v.plugin.share.Ahead()
	if ahead > d {
		return errShare
	}
	if ahead == 0 {
		return nil
	}
	v.plugin.share.Paused(ahead)
	select {
	case <-time.After(ahead):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// try takes a seat if one is free. Only a plugin with more instances than its share
// needs one among its own calls as well.
func (v *version) try() bool {
	if v.greedy && !v.plugin.calls.TryAcquire() {
		return false
	}
	if v.host.calls.TryAcquire() {
		return true
	}
	if v.greedy {
		v.plugin.calls.Release()
	}
	return false
}

// queue waits for a seat, for d at most.
func (v *version) queue(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, d, concurrency.ErrFull)
	defer cancel()
	if !v.greedy {
		return v.host.calls.Acquire(ctx)
	}
	if err := v.plugin.calls.Acquire(ctx); err != nil {
		return err
	}
	err := v.host.calls.Acquire(ctx)
	if err != nil {
		v.plugin.calls.Release()
	}
	return err
}

// rise gives the seat back.
func (v *version) rise() {
	v.host.calls.Release()
	if v.greedy {
		v.plugin.calls.Release()
	}
}

// seatless is the stack up to which a guest that waits for others needs no seat.
const seatless = 1 << 20

// aside runs what waits for others without a seat, so that a slow answer keeps no
// other plugin waiting. A guest whose stack may be deep stays where it counts. With
// no seat to come back to the guest's call ends.
func (g *guest) aside(i *wasm.Instance, wait func(context.Context)) {
	v := g.version
	ctx, cancel := g.outward()
	defer cancel()
	i.Rest()
	defer i.Work()
	if i.StackBytes() > seatless {
		wait(ctx)
		return
	}
	v.rise()
	g.seated = false
	wait(ctx)
	defer i.Resume(i.Pause()) // that the house is full is not the guest's doing
	if err := v.queue(context.WithoutCancel(g.ctx), v.source.limits.Deadline); err != nil {
		panic(err)
	}
	g.seated = true
}
