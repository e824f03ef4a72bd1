package plugins

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// sit takes a seat in the crowd for a call in i, or returns an error. The time that it
// waits is not the call's.
func (v *version) sit(ctx context.Context, i *wasm.Instance) error {
	if !v.greedy && v.host.crowd.try() {
		return nil
	}
	defer i.Take()
	return v.queue(ctx, v.source.limits.Wait)
}

// queue waits for a seat, for d at most. Only a plugin with more instances than its
// share can be kept waiting by its own calls.
func (v *version) queue(ctx context.Context, d time.Duration) error {
	if !v.greedy {
		return v.host.crowd.enter(ctx, d)
	}
	if err := v.plugin.seats.enter(ctx, d); err != nil {
		return err
	}
	err := v.host.crowd.enter(ctx, d)
	if err != nil {
		v.plugin.seats.leave()
	}
	return err
}

// rise gives the seat back.
func (v *version) rise() {
	v.host.crowd.leave()
	if v.greedy {
		v.plugin.seats.leave()
	}
}

// seatless is the fuel up to which a guest's stack has at most 8 MiB, as a frame
// costs a unit for each of its places.
const seatless = 500_000

// aside runs what waits for others without a seat, so that a slow answer keeps no
// other plugin waiting. A guest whose stack may be deep stays where it counts. With
// no seat to come back to the guest's call ends.
func (g *guest) aside(i *wasm.Instance, wait func(context.Context)) {
	v := g.version
	ctx, cancel := g.outward()
	defer cancel()
	if v.source.limits.Fuel-i.Left() > seatless {
		wait(ctx)
		return
	}
	v.rise()
	g.seated = false
	wait(ctx)
	if err := v.queue(context.WithoutCancel(g.ctx), v.source.limits.Deadline); err != nil {
		panic(err)
	}
	g.seated = true
}
