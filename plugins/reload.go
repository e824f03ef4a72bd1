package plugins

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
)

// Reload reads the plugin's files again and, if all checks pass, replaces the running
// version: new calls go to the new version, running calls finish in the old one, which is
// then closed. An error changes nothing. The new version must have hooks for all bound
// points. A signed plugin that is not pinned must not be downgraded to an older version.
func (p *Plugin) Reload(ctx context.Context) error {
	return p.Replace(ctx, p.live.Load().source.given)
}

// Replace is Reload with another Spec, for another file, pin, grants or configuration.
// The plugin's name is kept.
func (p *Plugin) Replace(ctx context.Context, spec Spec) error {
	spec.Name = p.name
	if err := p.replace(ctx, spec); err != nil {
		return fmt.Errorf("reload plugin %s: %w", p.name, err)
	}
	p.host.reloaded(p)
	return nil
}

// replace builds the new version without holding a lock, and swaps it in unless a later
// reload has finished first.
func (p *Plugin) replace(ctx context.Context, spec Spec) error {
	if !p.host.beginLoad() {
		return ErrClosed
	}
	defer p.host.endLoad()
	turn := p.turns.Add(1)
	next, err := p.loader.build(ctx, p.usage, spec)
	if err != nil {
		return err
	}
	p.changing.Lock()
	defer p.changing.Unlock()
	if err := p.swap(next, turn); err != nil {
		return errors.Join(err, next.Close(context.WithoutCancel(ctx)))
	}
	next.logMissing()
	next.log.Info("plugin reloaded", "version", next.manifest.Version)
	if err := p.finish(ctx); err != nil {
		next.log.Warn("replaced plugin version still in use", "error", err)
	}
	return nil
}

var errOvertaken = errors.New("a later reload finished first")

// swap makes next the live version if it serves every binding.
func (p *Plugin) swap(next *version, turn int64) error {
	keep := p.wantsLast()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if turn < p.turn {
		return errOvertaken
	}
	if err := next.checkNewer(p.live.Load()); err != nil {
		return err
	}
	for _, b := range p.bound {
		if err := next.serves(b.hook); err != nil {
			return fmt.Errorf("it is bound to %s: %w", b.hook.Point.Name(), err)
		}
	}
	for _, b := range p.bound {
		if d, ok := b.hook.Point.(interface{ MayDeclare(names ...string) error }); ok {
			if err := d.MayDeclare(next.rights.Headers()...); err != nil {
				return fmt.Errorf("it may set a header at %s: %w", b.hook.Point.Name(), err)
			}
		}
	}
	for _, b := range p.bound { // before the first call can set one
		b.hook.Point.Declare(next.rights.Headers()...)
	}
	p.turn = turn
	old := p.live.Swap(next)
	if keep && old.DisabledUntil().IsZero() {
		old = p.last.Swap(old)
	}
	p.drain(old)
	return nil
}

// Restart starts the plugin again from the compiled module, so that it sees the current
// clock and randomness. It waits for running calls; calls made meanwhile fail with class
// [FaultClosed], and so do all later calls after an error. It is for tests: a server
// reloads.
func (p *Plugin) Restart(ctx context.Context) error {
	if !p.host.beginLoad() {
		return fmt.Errorf("plugin %s: the host is %w", p.name, ErrClosed)
	}
	defer p.host.endLoad()
	if err := p.restart(ctx); err != nil {
		return fmt.Errorf("plugin %s: %w", p.name, err)
	}
	return nil
}

func (p *Plugin) restart(ctx context.Context) (err error) {
	defer sandbox.Recovered(&err)
	p.changing.Lock()
	defer p.changing.Unlock()
	if p.freed {
		return ErrClosed
	}
	old := p.live.Load()
	if err := old.Stop(ctx); err != nil {
		return err
	}
	next, err := p.loader.newVersion(ctx, p.usage, old.source, old.Module)
	if err != nil {
		return err
	}
	p.live.Store(next)
	return nil
}
