package plugins

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Plugin is a loaded plugin: a name, its bindings, and the module, which a reload
// replaces. Safe for concurrent use.
type Plugin struct {
	versions
	host    owner
	loader  *loader
	name    string
	usage   *sandbox.Usage
	onFault func(context.Context, *Fault)

	mu     sync.Mutex
	bound  []*binding
	closed bool  // no new bindings
	turn   int64 // number of the reload that is live

	turns    atomic.Int64 // reloads started
	changing sync.Mutex   // one swap or Close at a time
	draining []*version   // replaced versions with calls still running when ctx ended
	freed    bool         // Close has finished
}

// owner is the part of the host that a plugin uses.
type owner interface {
	beginLoad() bool // false: the host is closed
	endLoad()
	reloaded(*Plugin)
	forget(*Plugin)
}

// Name returns the name that bindings use.
func (p *Plugin) Name() string { return p.name }

// Version returns the manifest's version, "" without a manifest.
func (p *Plugin) Version() string { return p.live.Load().manifest.Version }

// Digest returns the module's SHA-256 in hexadecimal.
func (p *Plugin) Digest() string { return p.live.Load().source.digest }

// Signer returns the ID of the key that signed the plugin, "" if it is unsigned.
func (p *Plugin) Signer() string { return p.live.Load().source.signer }

// Manifest returns the manifest; callers must not change its lists.
func (p *Plugin) Manifest() manifest.Manifest { return p.live.Load().manifest }

// Points lists the points that the module has a hook for, sorted.
func (p *Plugin) Points() []string {
	return slices.Sorted(slices.Values(p.live.Load().manifest.Hooks))
}

// Paused returns until when the plugin is disabled for failing too often (see [Breaker]);
// the zero time if it is not.
func (p *Plugin) Paused() time.Time { return p.live.Load().DisabledUntil() }

// Time returns the compute time of the plugin's calls so far, and how long calls were
// delayed because the plugin was over its share (see [manifest.Limits]).
func (p *Plugin) Time() (spent, waited time.Duration) { return p.usage.Time.Spent() }

// Bind binds the plugin to a point under its name, until it is closed. The name of a
// binding with Shadow ends in "-shadow".
func (p *Plugin) Bind(point hooks.Point, b Binding) error {
	if err := p.bind(point, b); err != nil {
		return fmt.Errorf("bind plugin %s to %s: %w", p.name, point.Name(), err)
	}
	return nil
}

func (p *Plugin) bind(point hooks.Point, b Binding) error {
	made, err := newBinding(p.name, &p.versions, point, b, p.onFault, p.loader.deps.Own...)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if err := p.live.Load().serves(made.hook); err != nil {
		return err
	}
	point.Declare(p.live.Load().rights.Headers()...)
	wide := func() bool { return p.live.Load().rights.Allow(abi.AllowRoles) }
	if err := point.BindView(made.id, made.run, hooks.Order(b.Order), hooks.Narrow(wide)); err != nil {
		return err
	}
	p.bound = append(p.bound, made)
	return nil
}

// wantsLast reports whether a binding falls back to the last good version.
func (p *Plugin) wantsLast() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.bound, func(b *binding) bool { return b.onError == LastGood })
}

// Close unbinds the plugin, waits for running calls, and frees it. When ctx ends before
// they do, it returns an error and can be called again. Later calls fail with class
// [FaultClosed]. Closing twice is harmless.
func (p *Plugin) Close(ctx context.Context) error {
	p.changing.Lock()
	defer p.changing.Unlock()
	if p.freed {
		return nil
	}
	p.unbind()
	p.drain(p.last.Swap(nil))
	if err := errors.Join(p.live.Load().Close(ctx), p.finish(ctx)); err != nil {
		return fmt.Errorf("plugin %s: %w", p.name, err)
	}
	if dropped := p.usage.DroppedLines(); dropped > 0 {
		sandbox.LogDropped(ctx, p.live.Load().log, dropped)
	}
	p.freed = true
	p.host.forget(p)
	return nil
}

func (p *Plugin) unbind() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.bound {
		b.hook.Point.Unbind(b.id)
	}
	p.bound, p.closed = nil, true
}

// drain adds a version that takes no new calls; finish closes it.
func (p *Plugin) drain(v *version) {
	if v != nil {
		p.draining = append(p.draining, v)
	}
}

// finish closes replaced versions. Those still in use when ctx ends are left for the next
// call.
func (p *Plugin) finish(ctx context.Context) error {
	var errs []error
	p.draining = slices.DeleteFunc(p.draining, func(v *version) bool {
		err := v.Close(ctx)
		errs = append(errs, err)
		return err == nil
	})
	return errors.Join(errs...)
}
