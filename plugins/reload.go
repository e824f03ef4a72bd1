package plugins

import (
	"context"
	"errors"
	"fmt"
)

// Reload reads the plugin's file again and, if everything about it is in order,
// replaces the running version by it: new calls go to the new one, running calls
// finish in the old one, which is closed after them. An error leaves everything
// as it was. The points that the plugin is bound to must still have hooks. A signed
// plugin that is not pinned must not go back to an older version.
func (p *Plugin) Reload(ctx context.Context) error {
	return p.Replace(ctx, p.live.Load().source.given)
}

// Replace is Reload with another Spec, for another file, pin, grants or
// configuration. The name stays.
func (p *Plugin) Replace(ctx context.Context, spec Spec) error {
	spec.Name = p.name
	if err := p.replace(ctx, spec); err != nil {
		return fmt.Errorf("reload plugin %s: %w", p.name, err)
	}
	p.host.cfg.OnReload(p)
	return nil
}

// replace builds the new version without holding anything up, and swaps it in
// unless a later reload has been faster.
func (p *Plugin) replace(ctx context.Context, spec Spec) error {
	if !p.host.enter() {
		return ErrClosed
	}
	defer p.host.loads.Done()
	turn := p.turns.Add(1)
	next, err := p.host.build(ctx, p, spec)
	if err != nil {
		return err
	}
	p.changing.Lock()
	defer p.changing.Unlock()
	if err := p.swap(next, turn); err != nil {
		return errors.Join(err, next.close(context.WithoutCancel(ctx)))
	}
	next.tell()
	next.log.Info("plugin reloaded", "version", next.manifest.Version)
	if err := p.finish(ctx); err != nil {
		next.log.Warn("the replaced version is still in use", "err", err)
	}
	return nil
}

var errOvertaken = errors.New("a later reload has been faster")

// swap makes next the live version, if it serves everything that is bound.
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
		if err := next.serves(b); err != nil {
			return fmt.Errorf("it is bound to %s: %w", b.point.Name(), err)
		}
	}
	for _, b := range p.bound {
		if d, ok := b.point.(interface{ MayDeclare(names ...string) error }); ok {
			if err := d.MayDeclare(next.rights.Headers()...); err != nil {
				return fmt.Errorf("it may set a header at %s: %w", b.point.Name(), err)
			}
		}
	}
	for _, b := range p.bound { // before the first call could set one
		b.point.Declare(next.rights.Headers()...)
	}
	p.turn = turn
	old := p.live.Swap(next)
	if keep && old.breaker.state().IsZero() {
		old = p.last.Swap(old)
	}
	p.drain(old)
	return nil
}
