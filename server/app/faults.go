package app

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
)

// faults tells the plugin-failed point of plugins that break. The host is made
// before the hooks are, since plugins are bound to them; it knows the point from
// then on.
type faults struct {
	hooks  atomic.Pointer[core.Hooks]
	engine atomic.Pointer[core.Engine]
	log    *slog.Logger
	lines  api.LogLimit
}

func newFaults(log *slog.Logger) *faults { return &faults{log: log} }

// tell implements plugins.Config.OnFault. A plugin that breaks at plugin-failed
// itself is not told of: it would break again.
func (f *faults) tell(ctx context.Context, fault *plugins.Fault) {
	h := f.hooks.Load()
	if h == nil || fault.Point == h.PluginFailed.Name() {
		return
	}
	if e := f.engine.Load(); e != nil {
		e.PluginFailed(ctx, fault.Plugin, fault.Class)
		return
	}
	// The server is being made: nobody waits.
	err := h.PluginFailed.Do(ctx, core.Event{At: time.Now(), Target: fault.Plugin, Reason: fault.Class})
	if err == nil {
		return
	}
	if skipped, ok := f.lines.Admit("", time.Now()); ok {
		f.log.ErrorContext(ctx, "hook failed", "point", h.PluginFailed.Name(), "error", err, "not_logged", skipped)
	}
}
