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

// Config is what a [Host] works with. The zero value works.
type Config struct {
	// CacheDir keeps compiled modules between runs. It is created with mode 0700
	// and refused when others may write to it, since it holds native code. What
	// was not used for 30 days leaves it when a host is opened. "" means a cache
	// in memory.
	CacheDir string
	// Logger receives what guests log and what goes wrong; nil discards it.
	Logger *slog.Logger
	// Now is the clock that guests see, in milliseconds; nil is time.Now.
	Now func() time.Time
	// Rand is what guests' runtimes seed themselves from. It must be safe for
	// concurrent use; nil is crypto/rand.
	Rand io.Reader
	// OnFault is told of every call that broke, whatever the binding makes of
	// it. It runs on the caller's goroutine and must not block; nil ignores it.
	OnFault func(context.Context, *Fault)
	// OnCall is told of every call that reached a guest, and what it changed. It
	// runs on the caller's goroutine and must not block; nil costs nothing.
	OnCall func(context.Context, Call)
	// OnShadow is told what each call of a shadow binding came to; as OnCall.
	OnShadow func(context.Context, Shadow)
	// OnMetric is told what guests count, under at most [abi.MaxMetrics] names a
	// plugin; as OnCall.
	OnMetric func(plugin, name string, amount int64)

	// OnReload is told of every plugin that a reload has replaced, on the
	// goroutine that reloaded it; nil ignores it. It may bind the plugin to more
	// points.
	OnReload func(*Plugin)

	// Calls bounds the calls that run at a time, of all plugins together and up to
	// half of them of one; those that wait for kv or http do not count. 0 is four a
	// core, or fewer if memory is short: see [manifest.Limits].
	Calls int
	// Breaker says when a plugin that keeps breaking is disabled.
	Breaker Breaker
	// Compiler compiles modules in another process: see [ChildCompiler] and
	// [SelfCompiler]. nil compiles in this one, and only what is pinned or signed.
	Compiler Compiler
	// Compile bounds the Compiler.
	Compile CompileLimits
	// InProcess lets a host without Compiler compile whatever it is given. It is
	// for tools and tests that run what their user has just built.
	InProcess bool

	// Points are hook points of a program's own, with a keyed view: plugins may have hooks
	// for them beside those of plugins/abi, and are bound to them as to any other. Of a
	// point only what it is counts here; plugins are bound to any of the same name.
	Points []hooks.Point
	// Keys are the public keys whose signatures count.
	Keys []api.Key
	// SelfTest runs a plugin's own vectors before it goes live; an error keeps it
	// out. plugintest.SelfTest is made for it. nil: they are not run.
	SelfTest func(context.Context, Candidate) error

	// KV keeps what plugins put away; nil is a [MemoryKV] of the host's own.
	KV KV
	// HTTP replaces the network of http_fetch, for tests and recordings; nil is
	// the network, held to addresses outside unless a grant says otherwise.
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

// Breaker says when a plugin that keeps breaking is disabled, so that it costs
// no more than its answer. Zero means the default in brackets.
type Breaker struct {
	Failures int           // within Window [5]; below zero never
	Window   time.Duration // [10 s]
	Pause    time.Duration // before one call may try again; doubles each time it fails [1 s]
	MaxPause time.Duration // [5 min]
}
