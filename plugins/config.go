package plugins

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
)

// Config configures a [Host]. The zero value is usable.
type Config struct {
	// CacheDir keeps compiled modules between runs. It holds native code, so it is
	// created with mode 0700 and rejected if others can write to it. Opening a host
	// deletes files that were not used for 30 days. "" means a cache in memory.
	CacheDir string
	// Logger receives log lines of guests and failures; nil discards them.
	Logger *slog.Logger
	// Now is the clock that guests see, in milliseconds; nil is time.Now.
	Now func() time.Time
	// Rand seeds the guests' runtimes. It must be safe for concurrent use; nil is
	// crypto/rand.
	Rand io.Reader
	// OnFault is called for every call that failed, whatever the binding's on_error. It
	// runs on the caller's goroutine and must not block; nil ignores faults.
	OnFault func(context.Context, *Fault)
	// OnCall is called for every call that reached a guest, with its changes. It runs on
	// the caller's goroutine and must not block; nil has no cost.
	OnCall func(context.Context, Call)
	// OnShadow is called with the outcome of each shadow call. The rules of OnCall apply.
	OnShadow func(context.Context, Shadow)
	// OnMetric is called for metrics that guests count, at most [abi.MaxMetrics] names
	// per plugin. The rules of OnCall apply.
	OnMetric func(plugin, name string, amount int64)

	// OnReload is called for every plugin that a reload replaced, on the goroutine of the
	// reload; nil ignores it. It may bind the plugin to more points.
	OnReload func(*Plugin)

	// Calls bounds the concurrent calls of all plugins together; one plugin may have up
	// to half of them. Calls that wait for kv or http do not count. 0 means four per
	// core, or fewer if memory is short: see [manifest.Limits].
	Calls int
	// Breaker says when a plugin that keeps failing is disabled.
	Breaker Breaker
	// Compiler compiles modules in another process: see [ChildCompiler] and
	// [SelfCompiler]. nil compiles in this process, and only modules that are pinned or
	// signed.
	Compiler Compiler
	// Compile bounds the Compiler.
	Compile CompileLimits
	// InProcess lets a host without Compiler compile any module. It is for tools and
	// tests that run a module their user has just built.
	InProcess bool

	// Points are hook points of a program's own, with a keyed view: plugins may have hooks
	// for them beside those of plugins/abi, and are bound to them as to any other. Of a
	// point only what it is counts here; plugins are bound to any of the same name.
	Points []hooks.Point
	// Keys are the public keys trusted to sign plugins.
	Keys []api.Key
	// SelfTest runs a plugin's own vectors before it goes live; an error rejects the
	// plugin. plugintest.SelfTest fits here. nil does not run them.
	SelfTest func(context.Context, Candidate) error

	// KV stores the plugins' key-value entries; nil is a [MemoryKV] of the host.
	KV KV
	// HTTP replaces the network of http_fetch, for tests and recordings; nil is the
	// network, restricted to public addresses unless a grant allows others.
	HTTP http.RoundTripper
}

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.OnFault == nil {
		c.OnFault = func(context.Context, *Fault) {}
	}
	if c.OnShadow == nil {
		c.OnShadow = func(context.Context, Shadow) {}
	}
	if c.OnMetric == nil {
		c.OnMetric = func(string, string, int64) {}
	}
	if c.OnReload == nil {
		c.OnReload = func(*Plugin) {}
	}
	if c.Calls == 0 {
		c.Calls = concurrency.Default()
	}
	if c.KV == nil {
		c.KV = &MemoryKV{}
	}
	return c
}

// Breaker says when a plugin that keeps failing is disabled, so that it no longer costs
// time. Zero means the default in brackets.
type Breaker struct {
	Failures int           // within Window [5]; negative means never
	Window   time.Duration // [10 s]
	Pause    time.Duration // until one call is tried again; doubles each time it fails [1 s]
	MaxPause time.Duration // [5 min]
}
