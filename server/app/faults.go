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

// faults runs the plugin-failed hooks when a plugin fails. The host is created before the
// hooks and the engine, so both are set later.
type faults struct {
	hooks  atomic.Pointer[core.Hooks]
	engine atomic.Pointer[core.Engine]
	log    *slog.Logger
	lines  api.LogLimit
}

func newFaults(log *slog.Logger) *faults { return &faults{log: log} }

// tell implements plugins.Config.OnFault. Failures at plugin-failed itself are not
// reported, since the plugin would fail again.
func (f *faults) tell(ctx context.Context, fault *plugins.Fault) {
	h := f.hooks.Load()
	if h == nil || fault.Point == h.PluginFailed.Name() {
		return
	}
	if e := f.engine.Load(); e != nil {
		e.PluginFailed(ctx, fault.Plugin, fault.Class)
		return
	}
	// There is no engine yet; no request waits for this.
	err := h.PluginFailed.Do(ctx, core.Event{At: time.Now(), Target: fault.Plugin, Reason: fault.Class})
	if err == nil {
		return
	}
	if skipped, ok := f.lines.Admit("", time.Now()); ok {
		f.log.ErrorContext(ctx, "hook failed", "point", h.PluginFailed.Name(), "error", err, "not_logged", skipped)
	}
}
