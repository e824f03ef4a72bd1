package plugintest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Cost is the cost of a hook on this machine.
type Cost struct {
	Load      time.Duration // reading, checking, compiling and configuring
	Calls     int           // number of calls made
	PerCall   time.Duration // including the binding: instance, grants, journal, reset
	Fuel      int64         // of one call; the same on every machine
	HostCalls int           // of one call
}

// Bench runs a vector repeatedly for about d. The vector must load.
func (r *Runner) Bench(ctx context.Context, v Vector, d time.Duration) (Cost, error) {
	if err := r.unload(ctx); err != nil {
		return Cost{}, err
	}
	start := time.Now()
	first, err := r.Run(ctx, v)
	cost := Cost{Load: time.Since(start) - first.Time, Fuel: first.Fuel, HostCalls: first.HostCalls}
	if err != nil {
		return cost, err
	}
	if first.LoadError != "" {
		return cost, errors.New(first.LoadError)
	}
	point, ok := abi.Lookup(v.Point, r.own...)
	if !ok {
		return cost, fmt.Errorf("no hook point %q", v.Point)
	}
	cost.Calls, cost.PerCall, err = r.repeat(ctx, newEvent(point, v.Event, r.world.now().UnixMilli()), d)
	return cost, err
}

func (r *Runner) repeat(ctx context.Context, e *event, d time.Duration) (calls int, each time.Duration, err error) {
	hook := e.hook()
	if err := r.plugin.Bind(hook, plugins.Binding{OnError: plugins.Skip}); err != nil {
		return 0, 0, err
	}
	defer hook.Unbind(r.plugin.Name())
	start := time.Now()
	for ctx.Err() == nil && time.Since(start) < d {
		const batch = 16 // calls between two readings of the clock
		for range batch {
			_ = apply(ctx, hook, e) // a refusal costs as much as a pass
		}
		calls += batch
	}
	return calls, time.Since(start) / time.Duration(max(calls, 1)), ctx.Err()
}
