package plugins

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/catalogue"
	"github.com/cardea-auth/cardea/plugins/internal/compile"
	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
)

// Host loads plugins and owns their resources. Safe for concurrent use. Several hosts in
// one process share nothing.
type Host struct {
	cfg    Config
	loader loader

	mu      sync.Mutex
	plugins map[string]*Plugin
	closed  bool
	loads   sync.WaitGroup // loads that started before Close
}

var _ owner = (*Host)(nil)

// Open returns a host; the caller closes it.
func Open(_ context.Context, cfg Config) (*Host, error) {
	cfg = cfg.withDefaults()
	own, err := catalogue.Of(cfg.Points)
	if err != nil {
		return nil, fmt.Errorf("open plugin host: %w", err)
	}
	compiler, err := compile.Open(compile.Config{
		CacheDir: cfg.CacheDir, Process: compile.Process(cfg.Compiler), Limits: compile.Limits(cfg.Compile), InProcess: cfg.InProcess,
		Host: imports(cfg.Now, cfg.Rand), Logger: cfg.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("open plugin host: %w", err)
	}
	l := loader{keys: cfg.Keys, test: cfg.SelfTest, log: cfg.Logger, compiler: compiler, deps: deps(cfg, own)}
	return &Host{cfg: cfg, loader: l, plugins: map[string]*Plugin{}}, nil
}

// deps returns the dependencies that the sandboxes of all plugins share.
func deps(cfg Config, own []abi.Point) sandbox.Deps {
	return sandbox.Deps{
		Own: own,
		Now: cfg.Now, Rand: cfg.Rand, KV: cfg.KV, HTTP: cfg.HTTP,
		Calls: concurrency.New(cfg.Calls), Breaker: sandbox.BreakerLimits(cfg.Breaker),
		OnCall: cfg.OnCall, OnShadow: cfg.OnShadow, OnMetric: cfg.OnMetric,
	}
}

// Load reads, checks, compiles and configures a plugin, and starts one instance, so that
// a plugin that cannot work fails here. The error says which plugin, what is wrong with
// it and how its author or operator can fix it.
//
// Compiling a large module takes seconds the first time. ctx bounds only the wait for
// other compilations.
func (h *Host) Load(ctx context.Context, spec Spec) (*Plugin, error) {
	if !h.beginLoad() {
		return nil, fmt.Errorf("plugin %s: the host is %w", spec.label(), ErrClosed)
	}
	defer h.endLoad()
	p, err := h.load(ctx, spec)
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", spec.label(), err)
	}
	return p, nil
}

// beginLoad counts a load that Close has to wait for; false if the host is closed.
func (h *Host) beginLoad() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.loads.Add(1)
	}
	return !h.closed
}

func (h *Host) endLoad() { h.loads.Done() }

func (h *Host) load(ctx context.Context, spec Spec) (*Plugin, error) {
	p := h.newPlugin(spec)
	v, err := h.loader.build(ctx, p.usage, spec)
	if err != nil {
		return nil, err
	}
	p.name = v.name
	p.live.Store(v)
	if err := h.register(p); err != nil {
		return nil, errors.Join(err, v.Close(context.WithoutCancel(ctx)))
	}
	v.logMissing()
	return p, nil
}

func (h *Host) newPlugin(spec Spec) *Plugin {
	share := spec.Limits.WithDefaults().Share
	return &Plugin{host: h, loader: &h.loader, onFault: h.cfg.OnFault, usage: sandbox.NewUsage(share, h.loader.deps.Calls.Share())}
}

func (h *Host) register(p *Plugin) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.plugins[p.name] != nil {
		return fmt.Errorf("a plugin named %q is already loaded: rename one of them", p.name)
	}
	h.plugins[p.name] = p
	return nil
}

func (h *Host) forget(p *Plugin) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.plugins[p.name] == p {
		delete(h.plugins, p.name)
	}
}

// reloaded calls OnReload.
func (h *Host) reloaded(p *Plugin) { h.cfg.OnReload(p) }

// Close closes every plugin, waits for running loads and calls, and frees the compiled
// code. When ctx ends before the calls do, it returns an error and can be called again:
// running code is never freed.
func (h *Host) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.loads.Wait()
	var errs []error
	for _, p := range h.loaded() {
		errs = append(errs, p.Close(ctx))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close plugin host: %w", err)
	}
	return h.loader.compiler.Close(context.WithoutCancel(ctx))
}

func (h *Host) loaded() []*Plugin {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Values(h.plugins))
}
