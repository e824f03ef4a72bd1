package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
)

// DevPlugin is a plugin that a command adds to a configuration, bound to every point
// that it has a hook for: how an author tries what is being written.
type DevPlugin struct {
	Spec plugins.Spec
	// Watch is how often the plugin's file is looked at, to reload it; 0 is never.
	Watch time.Duration
	// Point stands between each point and the plugin, and OnCall is told of every
	// call; nil leaves them out. A plugintest.Recorder has both.
	Point  func(hooks.Point) hooks.Point
	OnCall func(context.Context, plugins.Call)
}

// guestOrder places a guest behind what is configured.
const devPluginOrder = 1000

// onCall is nil without a guest.
func (g *DevPlugin) onCall() func(context.Context, plugins.Call) {
	if g == nil {
		return nil
	}
	return g.OnCall
}

func (g *DevPlugin) point(p hooks.Point) hooks.Point {
	if g.Point == nil {
		return p
	}
	return g.Point(p)
}

// guestBindings loads the guest and binds it.
func devPluginBindings(o Options, host *plugins.Host) ([]binding, error) {
	if o.DevPlugin == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	p, err := host.Load(ctx, o.DevPlugin.Spec)
	if err != nil {
		return nil, err
	}
	return []binding{{order: devPluginOrder, id: p.Name(), bind: func(hs *core.Hooks) error { return o.DevPlugin.bind(hs, p) }}}, nil
}

// bind binds the guest wherever it has a hook and is not bound yet.
func (g *DevPlugin) bind(hs *core.Hooks, p *plugins.Plugin) error {
	for _, name := range p.Points() {
		point, ok := hs.Point(name)
		if !ok {
			return fmt.Errorf("hooks: no point is called %q", name)
		}
		if slices.ContainsFunc(point.Bindings(), func(b hooks.Binding) bool { return b.ID == p.Name() }) {
			continue
		}
		if err := p.Bind(g.point(point), plugins.Binding{Order: devPluginOrder}); err != nil {
			return err
		}
	}
	return nil
}

// rebind lets a hook count that an author has added to a running guest.
func (g *DevPlugin) rebind(f *faults) func(*plugins.Plugin) {
	return func(p *plugins.Plugin) {
		h := f.hooks.Load()
		if g == nil || h == nil || p.Name() != g.Spec.Name {
			return
		}
		if err := g.bind(h, p); err != nil {
			f.log.Error("a hook was added, and does not run", "plugin", p.Name(), "error", err)
		}
	}
}
