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

// Deps holds what all versions of all plugins share. All fields except HTTP, OnCall and
// Own are required.
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

// KV stores the entries of kv_put, separately for each plugin. Implementations must be
// safe for concurrent use and respect ctx, which ends at the call's deadline.
type KV interface {
	// PluginGet returns the value of an entry that has not expired at now, or
	// api.ErrNotFound.
	PluginGet(ctx context.Context, plugin, key string, now time.Time) ([]byte, error)
	// PluginPut writes an entry, or fails with api.ErrQuota.
	PluginPut(ctx context.Context, e api.PluginEntry, now time.Time, q api.PluginQuota) error
	// PluginIncr adds by to a decimal number atomically and returns the sum. A new entry
	// starts at 0 and expires as e says; an existing one keeps its expiry. It fails with
	// api.ErrQuota, or with api.ErrConflict if the value is not a number or the sum
	// overflows.
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

// Options configures one version of a plugin. No limit is zero.
type Options struct {
	Name      string
	Log       *slog.Logger
	Module    *wasm.Module
	Declared  manifest.Module // what the module exports and imports
	Points    []string        // the points that it has hooks for
	Rights    manifest.Rights
	Limits    manifest.Limits
	Isolation string
	Config    map[string]string
	Secrets   map[string]api.Secret
}

// env is what a version shares with its instances.
type env struct {
	Options
	deps    *Deps
	usage   *Usage
	fetcher *fetch.Fetcher
	waits   bool         // calls may wait for kv or http
	lines   api.LogLimit // rate of host errors about the plugin
	counted bool         // it also uses its own limiter, since it has more instances than its share of the host's slots
}

// maxStackText is the maximum number of bytes logged of the host's stack.
const maxStackText = 4 << 10

// panicked turns a panic of the host into an error and logs the stack. It counts as the
// plugin's failure; everything else continues.
func (e *env) panicked(ctx context.Context, r any) error {
	if skipped, ok := e.lines.Admit("panic", time.Now()); ok {
		stack := debug.Stack()
		e.Log.ErrorContext(ctx, "host panicked in a plugin call", "panic", printable.Escape(fmt.Sprint(r), maxFaultText),
			"stack", string(stack[:min(len(stack), maxStackText)]), "not_logged", skipped)
	}
	return hostPanic(r)
}

func (e *env) fault(h *Hook, class string, err error) *Fault {
	return &Fault{Plugin: e.Name, Point: h.Point.Name(), Class: class, Err: shortError{err}}
}
