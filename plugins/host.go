package plugins

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cardea-auth/cardea/plugins/internal/compile"
	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// ErrClosed is what a closed host or plugin answers.
var ErrClosed = errors.New("closed")

// Host loads plugins and owns what they use. Safe for concurrent use; several
// may live in one process and share nothing.
type Host struct {
	cfg      Config
	compiler *compile.Compiler
	calls    *concurrency.Limiter

	mu      sync.Mutex
	plugins map[string]*Plugin
	closed  bool
	loads   sync.WaitGroup // those begun before closed
}

// Open returns a host; the caller closes it.
func Open(_ context.Context, cfg Config) (*Host, error) {
	cfg = cfg.withDefaults()
	compiler, err := compile.Open(compile.Config{
		CacheDir: cfg.CacheDir, Process: compile.Process(cfg.Compiler), Limits: compile.Limits(cfg.Compile), InProcess: cfg.InProcess,
		Host: imports(cfg), Logger: cfg.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("open plugin host: %w", err)
	}
	return &Host{cfg: cfg, calls: concurrency.New(cfg.Calls), compiler: compiler, plugins: map[string]*Plugin{}}, nil
}

// Load reads, checks, compiles and configures a plugin, and starts one instance
// of it, so that a plugin that cannot work fails here. The error says which
// plugin, what is wrong with it and what its author or operator can do.
//
// Compiling a large module takes seconds the first time; ctx bounds the wait
// for one's turn only.
func (h *Host) Load(ctx context.Context, spec Spec) (*Plugin, error) {
	if !h.enter() {
		return nil, fmt.Errorf("plugin %s: the host is %w", spec.label(), ErrClosed)
	}
	defer h.loads.Done()
	p, err := h.load(ctx, spec)
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", spec.label(), err)
	}
	return p, nil
}

// enter counts a load that Close has to wait for; false when it is too late.
func (h *Host) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.loads.Add(1)
	}
	return !h.closed
}

func (h *Host) load(ctx context.Context, spec Spec) (*Plugin, error) {
	p := h.newPlugin(spec)
	v, err := h.build(ctx, p, spec)
	if err != nil {
		return nil, err
	}
	p.name = v.name
	p.live.Store(v)
	if err := h.register(p); err != nil {
		return nil, errors.Join(err, v.close(context.WithoutCancel(ctx)))
	}
	v.tell()
	return p, nil
}

func (h *Host) newPlugin(spec Spec) *Plugin {
	return &Plugin{host: h, calls: concurrency.New(h.calls.Share()), share: wasm.NewShare(spec.Limits.WithDefaults().Share)}
}

// build makes a version that is ready to go live: read, checked, compiled,
// started and tested.
func (h *Host) build(ctx context.Context, p *Plugin, spec Spec) (_ *version, err error) {
	defer recovered(&err)
	src, module, err := h.prepare(ctx, spec)
	if err != nil {
		return nil, err
	}
	v, err := h.newVersion(ctx, p, src, module)
	if err != nil {
		return nil, errors.Join(err, module.Close(context.WithoutCancel(ctx)))
	}
	if err := h.examine(ctx, v); err != nil {
		return nil, errors.Join(err, v.close(context.WithoutCancel(ctx)))
	}
	v.source.module = nil // megabytes that have done their part
	return v, nil
}

// prepare reads, checks and compiles.
func (h *Host) prepare(ctx context.Context, spec Spec) (source, *wasm.Module, error) {
	src, err := open(spec)
	if err != nil {
		return src, nil, err
	}
	if err := src.verify(h.cfg.Keys); err != nil {
		return src, nil, err
	}
	module, err := h.compiler.Compile(ctx, compile.Source{Code: src.module, Limits: src.limits, Trusted: src.trusted})
	return src, module, err
}

func (h *Host) register(p *Plugin) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.plugins[p.name] != nil {
		return fmt.Errorf("a plugin of the name %q is loaded already: give one of them another name", p.name)
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

// Close closes every plugin, waiting for loads and calls that run, and frees the
// compiled code. When ctx ends before the calls do, it returns an error and can
// be called again: code that runs is never freed.
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
	return h.compiler.Close(context.WithoutCancel(ctx))
}
