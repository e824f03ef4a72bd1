package plugins

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/fetch"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// version is a plugin as it was loaded at one time: module, rights, instances. A
// reload makes another and swaps them. Safe for concurrent use.
type version struct {
	plugin    *Plugin
	host      *Host
	name      string
	source    source
	manifest  manifest.Manifest
	rights    manifest.Rights
	log       *slog.Logger
	module    *wasm.Module
	described manifest.Module
	access    []*access      // by the points' places in the catalogue; nil without a hook
	snapshot  *wasm.Snapshot // what instances are made from and reset to; nil if each starts by itself
	pool      *pool
	fetcher   *fetch.Fetcher
	outward   bool // calls may wait for others
	greedy    bool // it may have more instances than its share of the seats

	instances int // most of them
	breaker   breaker
}

// newVersion makes a version of a compiled module, with one instance running.
func (h *Host) newVersion(ctx context.Context, p *Plugin, src source, module *wasm.Module) (*version, error) {
	described := describe(module)
	points, err := described.Points()
	if err != nil {
		return nil, err
	}
	m, err := manifest.For(src.manifest, points, src.spec.Grants)
	if err != nil {
		return nil, err
	}
	if err := src.checkIdentity(m); err != nil {
		return nil, err
	}
	v := &version{plugin: p, host: h, source: src, manifest: m, module: module, described: described}
	if v.name = cmp.Or(src.spec.Name, m.Name, nameOfFile(src.spec.File)); !manifest.ValidName(v.name) {
		return nil, fmt.Errorf("the name %q: give it one of lower-case letters, digits and hyphens", v.name)
	}
	v.rights = manifest.Rights{Asked: m.Grants, Given: src.spec.Grants}
	if err := described.CheckGranted(v.rights); err != nil {
		return nil, err
	}
	v.log = h.cfg.Logger.With("plugin", v.name, "digest", src.digest[:12])
	v.access = accesses(points, v.rights)
	v.outward = waits(described)
	v.instances = instances(src.limits, v.outward)
	v.greedy = v.instances > h.calls.Share()
	v.fetcher = fetch.New(v.rights.HTTP, src.limits.FetchBytes, h.cfg.HTTP)
	v.breaker = breaker{cfg: h.cfg.Breaker, now: h.cfg.Now}
	v.pool = newPool(v.instances, v.start, v.renew)
	return v, v.begin(ctx)
}

// instances is how many a plugin may have: what was asked for, or as many as can
// compute at a time, and some more of those that mostly wait.
func instances(l manifest.Limits, outward bool) int {
	if l.Instances > 0 {
		return l.Instances
	}
	if outward {
		return max(8, runtime.GOMAXPROCS(0))
	}
	return runtime.GOMAXPROCS(0)
}

// waits reports whether a module calls what does not answer at once.
func waits(m manifest.Module) bool {
	for _, i := range m.Imports {
		if i.Module == abi.Module && (strings.HasPrefix(i.Name, "kv_") || i.Name == "http_fetch") {
			return true
		}
	}
	return false
}

// begin starts an instance, so that a plugin that cannot work fails here, and
// keeps what it is then for the others.
func (v *version) begin(ctx context.Context) error {
	i, err := v.start(ctx)
	if err != nil {
		return err
	}
	if v.isolation() == Reset && v.module.Resettable() {
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

// tell says what was asked for in vain.
func (v *version) tell() {
	if missing := v.rights.Missing(); v.manifest.Name != "" && len(missing) > 0 {
		v.log.Info("plugin is granted less than it asks for", "missing", missing)
	}
}

func nameOfFile(file string) string {
	base := filepath.Base(file)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

func (v *version) isolation() string { return cmp.Or(v.source.spec.Isolation, Reset) }

// start makes an instance that is ready for calls: from the snapshot, or
// initialised and configured.
func (v *version) start(ctx context.Context) (i *wasm.Instance, err error) {
	defer func() {
		if r := recover(); r != nil {
			i, err = nil, v.panicked(ctx, r)
		}
	}()
	g := v.newGuest(ctx)
	if i, err = v.module.Instantiate(ctx, g, v.plugin.share); err != nil {
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

// newGuest makes the host's side of an instance that starts.
func (v *version) newGuest(ctx context.Context) *guest {
	g := &guest{version: v, keys: make([]rulebook, len(v.manifest.Hooks)), journal: journal{limits: &v.source.limits}}
	g.begin(context.WithoutCancel(ctx), nil, nil)
	return g
}

// startError says what to do about a start that does not end.
func startError(err error) error {
	if !errors.Is(err, ErrFuel) {
		return err
	}
	return fmt.Errorf("%w: move the work out of its start (init, configure) into the hook, or raise limits.start_fuel", err)
}

// starting are the functions that start an instance, in their order, if it has them.
func (v *version) starting() []string {
	return slices.DeleteFunc([]string{abi.Initialize, abi.Configure}, func(name string) bool {
		_, ok := v.described.Exports[name]
		return !ok
	})
}

func (v *version) configure(i *wasm.Instance) error {
	for _, name := range v.starting() {
		if err := v.step(i, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// step runs one of them and lets go of its stack, as it does not run again.
func (v *version) step(i *wasm.Instance, name string) error {
	defer i.Forget(name)
	status, err := i.Call(name, v.source.limits.StartFuel)
	if err != nil {
		return startError(err)
	}
	if status != 0 {
		return fmt.Errorf("it refuses its configuration: %s", cmp.Or(i.State.(*guest).failure, fmt.Sprintf("status %d", status)))
	}
	return nil
}

// renew makes an instance that has been used ready for the next call, or replaces
// it; nil if it cannot, which the next call will hear of. What that takes is the
// plugin's time.
func (v *version) renew(i *wasm.Instance) *wasm.Instance {
	if i.State.(*guest).broken || i.MemorySize() > smallMemory {
		begun := time.Now()
		defer func() { v.plugin.share.Spend(time.Since(begun)) }()
	}
	if v.reset(i) {
		return i
	}
	next, err := v.start(context.Background())
	if err != nil {
		v.log.Warn("plugin: no new instance", "err", shortError{err})
		return nil
	}
	return next
}

// smallMemory is what is put back in less time than it takes to measure that.
const smallMemory = 256 << 10

// reset puts an instance back to the snapshot; false if it is of no further use, and
// closed.
func (v *version) reset(i *wasm.Instance) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			_, ok = v.panicked(context.Background(), r), false
		}
	}()
	g := i.State.(*guest)
	if v.snapshot != nil && !g.broken && !v.old(g) && i.Reset() {
		return true
	}
	_ = i.Close() // it holds memory only; there is nothing to report
	return false
}

// maxCalls and maxAge end an instance, so that what piles up in it or beside it
// goes.
const (
	maxCalls = 100_000
	maxAge   = 5 * time.Minute
)

func (v *version) old(g *guest) bool {
	return g.served >= maxCalls || time.Since(g.born) > maxAge
}

// worn reports whether an instance that keeps its state should be replaced.
func (v *version) worn(i *wasm.Instance, g *guest) bool {
	return g.broken || g.served%64 == 0 && (v.old(g) || i.MemorySize() > 2*g.size)
}

// close waits for the calls that run and frees everything. When ctx ends first it
// returns an error and can be called again, by one goroutine at a time.
func (v *version) close(ctx context.Context) error {
	if err := v.stop(ctx); err != nil {
		return err
	}
	return v.module.Close(context.WithoutCancel(ctx))
}

// stop is close without the module, which another version may go on with.
func (v *version) stop(ctx context.Context) error {
	if err := v.pool.close(ctx); err != nil {
		return err
	}
	v.fetcher.Close()
	if v.snapshot == nil {
		return nil
	}
	image := v.snapshot
	v.snapshot = nil // a second time there is nothing to close
	return image.Close()
}
