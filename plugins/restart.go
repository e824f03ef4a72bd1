package plugins

import (
	"context"
	"fmt"
)

// Restart starts the plugin anew from the module that is compiled already, so that
// it senses clock and randomness as they are now. It waits for the calls that run;
// others break meanwhile with class [FaultClosed], and all of them after an error.
// It is for tests: a server reloads.
func (p *Plugin) Restart(ctx context.Context) error {
	if !p.host.enter() {
		return fmt.Errorf("plugin %s: the host is %w", p.name, ErrClosed)
	}
	defer p.host.loads.Done()
	if err := p.restart(ctx); err != nil {
		return fmt.Errorf("plugin %s: %w", p.name, err)
	}
	return nil
}

func (p *Plugin) restart(ctx context.Context) (err error) {
	defer recovered(&err)
	p.changing.Lock()
	defer p.changing.Unlock()
	if p.freed {
		return ErrClosed
	}
	old := p.live.Load()
	if err := old.stop(ctx); err != nil {
		return err
	}
	next, err := p.host.newVersion(ctx, p, old.source, old.module)
	if err != nil {
		return err
	}
	p.live.Store(next)
	return nil
}
