package app

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugins"
)

// faults tells the plugin-failed point of plugins that break. The host is made
// before the hooks are, since plugins are bound to them; it knows the point from
// then on.
type faults struct {
	hooks  atomic.Pointer[core.Hooks]
	engine atomic.Pointer[core.Engine]
	log    *slog.Logger
}

func newFaults(log *slog.Logger) *faults { return &faults{log: log} }

// tell implements plugins.Config.OnFault. A plugin that breaks at plugin-failed
// itself is not told of: it would break again.
func (f *faults) tell(ctx context.Context, fault *plugins.Fault) {
	e := f.engine.Load()
	if e == nil || fault.Point == e.Hooks().PluginFailed.Name() {
		return
	}
	e.PluginFailed(ctx, fault.Plugin, fault.Class)
}
