package sandbox

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/fetch"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Deps is what the host lends all versions of all plugins. Every field is set but
// HTTP, OnCall and Own.
type Deps struct {
	Own      []abi.Point      // that guests may have hooks for besides those of plugins/abi
	Now      func() time.Time // as guests see it
	Rand     io.Reader
	KV       KV
	HTTP     http.RoundTripper    // instead of the network
	Calls    *concurrency.Limiter // of the host
	Breaker  BreakerLimits
	OnCall   func(context.Context, Call)
	OnShadow func(context.Context, Shadow)
	OnMetric func(plugin, name string, amount int64)
}

// KV keeps what plugins put away with kv_put, each plugin for itself.
// Implementations must be safe for concurrent use and heed ctx, which ends with the
// call's deadline.
type KV interface {
	// PluginGet returns the value of an entry that is alive at now, or
	// api.ErrNotFound.
	PluginGet(ctx context.Context, plugin, key string, now time.Time) ([]byte, error)
	// PluginPut writes an entry, or fails with api.ErrQuota.
	PluginPut(ctx context.Context, e api.PluginEntry, now time.Time, q api.PluginQuota) error
	// PluginIncr adds by to a decimal number, atomically, and returns the sum. An
	// entry that is not there begins at 0 and expires as e says; one that is
	// keeps its own end. It fails with api.ErrQuota, or with api.ErrConflict if
	// what is there is no number or the sum is none.
	PluginIncr(ctx context.Context, e api.PluginEntry, by int64, now time.Time, q api.PluginQuota) (int64, error)
}

// The values of [Options.Isolation].
const (
	// Reset gives every call the state that the guest had after configure.
	Reset = "reset"
	// Fresh gives every call a new instance.
	Fresh = "fresh"
	// Reuse lets a guest keep its memory from call to call.
	Reuse = "reuse"
)

// Options is what one version of a plugin runs with. No limit is zero.
type Options struct {
	Name      string
	Log       *slog.Logger
	Module    *wasm.Module
	Declared  manifest.Module // what the module exports and imports
	Points    []string        // that it has hooks for
	Rights    manifest.Rights
	Limits    manifest.Limits
	Isolation string
	Config    map[string]string
	Secrets   map[string]api.Secret
}

// env is what a version lends its instances.
type env struct {
	Options
	deps    *Deps
	usage   *Usage
	fetcher *fetch.Fetcher
	waits   bool         // calls may wait for others
	lines   api.LogLimit // about the host's own trouble with the plugin
	counted bool         // its calls count by themselves, too: it has more instances than its share of the host's
}

// maxStackText is how many bytes of the host's own stack are logged.
const maxStackText = 4 << 10

// panicked makes an error of what the host panicked with while it worked for the
// plugin, and logs where. It is the plugin's failure: whatever else there is goes on.
func (e *env) panicked(ctx context.Context, r any) error {
	if skipped, ok := e.lines.Admit("panic", time.Now()); ok {
		stack := debug.Stack()
		e.Log.ErrorContext(ctx, "the host panicked while it worked for the plugin", "panic", printable.Escape(fmt.Sprint(r), maxFaultText),
			"stack", string(stack[:min(len(stack), maxStackText)]), "not_logged", skipped)
	}
	return hostPanic(r)
}

func (e *env) fault(h *Hook, class string, err error) *Fault {
	return &Fault{Plugin: e.Name, Point: h.Point.Name(), Class: class, Err: shortError{err}}
}
