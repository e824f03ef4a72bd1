package sandbox

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/fetch"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// New returns a version with one instance running, so that a plugin that cannot work
// fails here. If the start of the instance fails, it returns the version with the error,
// for Measure only; the module then still belongs to the caller.
func New(ctx context.Context, o Options, deps *Deps, usage *Usage) (*Version, error) {
	v := &Version{env: &env{Options: o, deps: deps, usage: usage, waits: waits(o.Declared)}}
	v.access = accesses(abi.PointsAnd(deps.Own...), o.Points, o.Rights)
	v.instances = instances(o.Limits, v.waits)
	v.counted = v.instances > deps.Calls.Share()
	v.fetcher = fetch.New(o.Rights.HTTP, o.Limits.FetchBytes, deps.HTTP)
	v.breaker = breaker{cfg: deps.Breaker.withDefaults(), now: deps.Now}
	v.pool = newPool(v.instances, v.start, v.renew)
	return v, v.begin(ctx)
}

// instances returns the maximum number of instances: the configured one, or as many as
// can compute at a time, with a higher minimum for plugins that wait for kv or http.
func instances(l manifest.Limits, waits bool) int {
	if l.Instances > 0 {
		return l.Instances
	}
	if waits {
		return max(8, runtime.GOMAXPROCS(0))
	}
	return runtime.GOMAXPROCS(0)
}

// waits reports whether a module imports functions that wait for kv or http.
func waits(m manifest.Module) bool {
	for _, i := range m.Imports {
		if i.Module == abi.Module && (strings.HasPrefix(i.Name, "kv_") || i.Name == "http_fetch") {
			return true
		}
	}
	return false
}

// begin starts an instance, and snapshots it for the others.
func (v *Version) begin(ctx context.Context) error {
	i, err := v.start(ctx)
	if err != nil {
		return err
	}
	if v.Isolation == Reset && v.Module.Resettable() {
		if v.snapshot, err = i.Snapshot(); err == nil {
			err = i.Restore(v.snapshot)
		}
		if err != nil {
			return errors.Join(err, i.Close())
		}
	}
	v.pool.open(i)
	return nil
}

// start creates an instance that is ready for calls: from the snapshot, or by running its
// start functions.
func (v *Version) start(ctx context.Context) (i *wasm.Instance, err error) {
	defer func() {
		if r := recover(); r != nil {
			i, err = nil, v.panicked(ctx, r)
		}
	}()
	g := newGuest(ctx, v.env)
	if i, err = v.Module.Instantiate(ctx, g, v.usage.Time); err != nil {
		return nil, err
	}
	if v.snapshot != nil {
		err = i.Restore(v.snapshot)
	} else {
		err = v.configure(i)
	}
	if err != nil {
		return nil, errors.Join(err, i.Close())
	}
	g.end()
	g.born, g.size = time.Now(), i.MemorySize()
	return i, nil
}

// renew prepares a used instance for the next call, or replaces it; nil if that fails,
// and then the next call starts one and gets the error. Its time counts as the plugin's.
func (v *Version) renew(i *wasm.Instance) *wasm.Instance {
	if i.State.(*guest).broken || i.MemorySize() > smallMemory {
		begun := time.Now()
		defer func() { v.usage.Time.Spend(time.Since(begun)) }()
	}
	if v.reset(i) {
		return i
	}
	next, err := v.start(context.Background())
	if err != nil {
		if skipped, ok := v.lines.Admit("instance", time.Now()); ok {
			v.Log.Warn("plugin instance not started", "error", shortError{err}, "not_logged", skipped)
		}
		return nil
	}
	return next
}

// smallMemory is the size up to which a reset is faster than measuring its time.
const smallMemory = 256 << 10

// reset restores an instance to the snapshot; false if it cannot be reused, and then it
// is closed.
func (v *Version) reset(i *wasm.Instance) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			_, ok = v.panicked(context.Background(), r), false
		}
	}()
	g := i.State.(*guest)
	if v.snapshot != nil && !g.broken && !g.old() && i.Reset() {
		return true
	}
	_ = i.Close() // it only holds memory; there is nothing to report
	return false
}

// Measure starts an instance and returns the fuel it used, even if the start fails.
func (v *Version) Measure(ctx context.Context) []Start { return v.measure(ctx) }
