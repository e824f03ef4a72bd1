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

// DevPlugin is a plugin in development that a command adds to a configuration. It is bound
// to every point that it has a hook for.
type DevPlugin struct {
	Spec plugins.Spec
	// Watch is the interval for checking the plugin's file for changes; 0 is never.
	Watch time.Duration
	// Point wraps each point that the plugin is bound to, and OnCall is called after
	// every call. Both may be nil. A plugintest.Recorder has both.
	Point  func(hooks.Point) hooks.Point
	OnCall func(context.Context, plugins.Call)
}

// devPluginOrder places the plugin after the configured hooks.
const devPluginOrder = 1000

// onCall returns g.OnCall; nil if g is nil.
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

// bind binds the plugin to every point that it has a hook for and is not bound to yet.
func (g *DevPlugin) bind(hs *core.Hooks, p *plugins.Plugin) error {
	for _, name := range p.Points() {
		point, ok := hs.Point(name)
		if !ok {
			return fmt.Errorf("hooks: there is no hook point %q", name)
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

// rebind returns a callback for reloads that binds hooks added to the running plugin.
func (g *DevPlugin) rebind(f *faults) func(*plugins.Plugin) {
	return func(p *plugins.Plugin) {
		h := f.hooks.Load()
		if g == nil || h == nil || p.Name() != g.Spec.Name {
			return
		}
		if err := g.bind(h, p); err != nil {
			f.log.Error("added hook does not run", "plugin", p.Name(), "error", err)
		}
	}
}
