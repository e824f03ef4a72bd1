package plugins

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// ErrClosed is what a closed host or plugin answers.
var ErrClosed = errors.New("closed")

// Host loads plugins and owns what they use. Safe for concurrent use; several
// may live in one process and share nothing.
type Host struct {
	cfg     Config
	engine  *wasm.Engine
	compile chan struct{} // one token: one module is compiled at a time
	calls   *concurrency.Limiter
	dir     string // the cache
	ownDir  bool   // which goes with the host

	mu      sync.Mutex
	plugins map[string]*Plugin
	closed  bool
	loads   sync.WaitGroup // those begun before closed
}

// Open returns a host; the caller closes it.
func Open(_ context.Context, cfg Config) (*Host, error) {
	cfg = cfg.withDefaults()
	dir, own, err := cacheDir(cfg)
	if err != nil {
		return nil, fmt.Errorf("open plugin host: %w", err)
	}
	engine, err := wasm.NewEngine(dir)
	if err != nil {
		return nil, fmt.Errorf("open plugin host: %w", err)
	}
	sweep(dir, time.Now(), cfg.Logger)
	return &Host{
		cfg:     cfg,
		dir:     dir,
		ownDir:  own,
		calls:   concurrency.New(cfg.Calls),
		engine:  engine,
		compile: make(chan struct{}, 1),
		plugins: map[string]*Plugin{},
	}, nil
}

// cacheDir returns where compiled modules go: a directory of our own if another
// process compiles and none is given, since it needs a place to leave them.
func cacheDir(cfg Config) (dir string, own bool, err error) {
	if cfg.CacheDir != "" || cfg.Compiler == nil {
		return cfg.CacheDir, false, nil
	}
	dir, err = os.MkdirTemp("", "cardea-plugins-")
	return dir, true, err
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
	module, err := h.compileModule(ctx, src)
	return src, module, err
}

// compileModule waits for its turn, since one compilation can use a core and
// much memory for seconds.
func (h *Host) compileModule(ctx context.Context, src source) (*wasm.Module, error) {
	select {
	case h.compile <- struct{}{}:
		defer func() { <-h.compile }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for another plugin's compilation: %w", ctx.Err())
	}
	if err := h.permit(ctx, src); err != nil {
		return nil, fmt.Errorf("not a module that can be used here: %w", err)
	}
	m, err := h.engine.Compile(ctx, src.module, wasm.Options{
		MemoryPages: uint32(src.limits.MemoryPages),
		Shape:       shape(src.limits),
		Sections:    []string{abi.ManifestSection, abi.VectorsSection},
		Time:        src.limits.Time + src.limits.Deadline,
		Funcs:       hostFuncs(),
		WASI:        wasm.WASI{Now: h.cfg.Now, Rand: h.cfg.Rand, Output: output},
	})
	if err != nil {
		return nil, fmt.Errorf("not a module that can be used here: %w", err)
	}
	return m, nil
}

// permit makes sure that compiling the module in this process is harmless: it has
// been compiled elsewhere and is in the cache, or somebody answers for it and it
// is of ordinary shape.
func (h *Host) permit(ctx context.Context, src source) error {
	if err := wasm.Scan(src.module, shape(src.limits)); err != nil {
		return err
	}
	switch {
	case h.cfg.Compiler != nil:
		return h.compileElsewhere(ctx, src)
	case src.trusted || h.cfg.InProcess:
		return nil
	}
	return errors.New("it is neither pinned (sha256) nor signed, and this program has no compiler apart: pin it, or set Config.Compiler")
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
	err := h.engine.Close(context.WithoutCancel(ctx))
	if h.ownDir {
		err = errors.Join(err, os.RemoveAll(h.dir))
	}
	return err
}
