package plugins

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Plugin is a loaded module. Safe for concurrent use.
type Plugin struct {
	host     *Host
	name     string
	source   source
	manifest Manifest
	log      *slog.Logger
	module   *wasm.Module
	exports  map[string]wasm.Signature
	access   map[string]*access // by point
	pool     *pool

	mu     sync.Mutex
	bound  []hooks.Point
	closed bool // nothing is bound any more

	closing sync.Mutex // one Close at a time
	freed   bool       // Close has finished
}

// prepare makes a plugin of a compiled module, with one instance running.
func (h *Host) prepare(ctx context.Context, src source, module *wasm.Module) (*Plugin, error) {
	points, err := inspect(module)
	if err != nil {
		return nil, err
	}
	manifest, err := manifestOf(src, module, points)
	if err != nil {
		return nil, err
	}
	p := &Plugin{host: h, source: src, manifest: manifest, module: module, exports: module.Exports()}
	if p.name = cmp.Or(src.spec.Name, manifest.Name, nameOfFile(src.spec.File)); !namePattern.MatchString(p.name) {
		return nil, fmt.Errorf("the name %q: give it one of lower-case letters, digits and hyphens", p.name)
	}
	p.log = h.cfg.Logger.With("plugin", p.name, "digest", src.digest[:12])
	p.access = accesses(points, rights{manifest.Grants, src.spec.Grants})
	p.pool = newPool(src.limits.Instances, p.start)
	return p, p.check(ctx)
}

// check starts an instance, and tells the operator what was asked for in vain.
func (p *Plugin) check(ctx context.Context) error {
	i, err := p.start(ctx)
	if err != nil {
		return err
	}
	p.pool.idle <- i
	<-p.pool.slots
	if missing := (rights{p.manifest.Grants, p.source.spec.Grants}).missing(); p.manifest.Name != "" && len(missing) > 0 {
		p.log.Warn("plugin asks for more than it is granted", "missing", missing)
	}
	return nil
}

func nameOfFile(file string) string {
	base := filepath.Base(file)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// Name returns the name that bindings use.
func (p *Plugin) Name() string { return p.name }

// Version returns the manifest's version, "" without a manifest.
func (p *Plugin) Version() string { return p.manifest.Version }

// Digest returns the module's SHA-256 in hexadecimal.
func (p *Plugin) Digest() string { return p.source.digest }

// Manifest returns the manifest; its lists must not be changed.
func (p *Plugin) Manifest() Manifest { return p.manifest }

// Points lists the points that the module has a hook for, sorted.
func (p *Plugin) Points() []string { return slices.Sorted(slices.Values(p.manifest.Hooks)) }

// start makes an instance that is ready for calls: initialised and configured.
func (p *Plugin) start(ctx context.Context) (*wasm.Instance, error) {
	g := &guest{plugin: p, keys: make([]map[string]rule, len(p.access))}
	g.begin(context.WithoutCancel(ctx), nil, nil)
	i, err := p.module.Instantiate(ctx, g)
	if err != nil {
		return nil, err
	}
	if err := p.configure(i, g); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	g.end()
	return i, nil
}

func (p *Plugin) configure(i *wasm.Instance, g *guest) error {
	if _, ok := p.exports[abi.Initialize]; ok {
		if _, err := i.Call(abi.Initialize, p.source.limits.StartFuel); err != nil {
			return fmt.Errorf("%s: %w", abi.Initialize, err)
		}
	}
	if _, ok := p.exports[abi.Configure]; !ok {
		return nil
	}
	status, err := i.Call(abi.Configure, p.source.limits.StartFuel)
	if err != nil {
		return fmt.Errorf("%s: %w", abi.Configure, err)
	}
	if status != 0 {
		return fmt.Errorf("it refuses its configuration: %s", cmp.Or(g.failure, fmt.Sprintf("status %d", status)))
	}
	return nil
}

// Close unbinds the plugin, waits for the calls that run, and frees it. When ctx
// ends before they do, it returns an error and can be called again. Calls that
// come later break with class [FaultClosed]; a Close after the last does nothing.
func (p *Plugin) Close(ctx context.Context) error {
	p.closing.Lock()
	defer p.closing.Unlock()
	if p.freed {
		return nil
	}
	p.unbind()
	if err := p.pool.close(ctx); err != nil {
		return fmt.Errorf("plugin %s: %w", p.name, err)
	}
	p.freed = true
	p.host.forget(p)
	return p.module.Close(context.WithoutCancel(ctx))
}

func (p *Plugin) unbind() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, point := range p.bound {
		point.Unbind(p.name)
	}
	p.bound, p.closed = nil, true
}
