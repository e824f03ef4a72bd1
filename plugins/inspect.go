package plugins

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// ErrFuel is wrapped by errors of plugins that use more fuel than their limit, also at
// start.
var ErrFuel = wasm.ErrFuel

// Inspection is the result of [Host.Inspect].
type Inspection struct {
	Report
	Start []Start // in order; the last may have failed
}

// Inspect describes a plugin and measures the fuel of its start. It loads nothing. Unlike
// Load it accepts a plugin that cannot start: Start says why. Its errors are those of
// Load.
func (h *Host) Inspect(ctx context.Context, spec Spec) (Inspection, error) {
	if !h.beginLoad() {
		return Inspection{}, fmt.Errorf("plugin %s: the host is %w", spec.label(), ErrClosed)
	}
	defer h.endLoad()
	found, err := h.inspect(ctx, spec)
	if err != nil {
		return found, fmt.Errorf("plugin %s: %w", spec.label(), err)
	}
	return found, nil
}

func (h *Host) inspect(ctx context.Context, spec Spec) (_ Inspection, err error) {
	defer sandbox.Recovered(&err)
	src, module, err := h.loader.prepare(ctx, spec)
	if err != nil {
		return Inspection{}, err
	}
	p := h.newPlugin(spec)
	v, err := h.loader.newVersion(ctx, p.usage, src, module)
	if v == nil {
		return Inspection{}, errors.Join(err, module.Close(context.WithoutCancel(ctx)))
	}
	p.name = v.name
	p.live.Store(v)
	found := Inspection{Report: p.Report(), Start: v.Measure(ctx)}
	if err == nil {
		return found, v.Close(context.WithoutCancel(ctx))
	}
	if !slices.ContainsFunc(found.Start, func(s Start) bool { return s.Error != "" }) {
		found.Start = append(found.Start, Start{Name: "snapshot", Error: err.Error()})
	}
	return found, module.Close(context.WithoutCancel(ctx))
}

// Report describes a plugin, for display.
type Report struct {
	Name, Version, Digest string
	Bytes                 int             // size of the module
	Hooks                 []string        // the points, sorted
	Imports               []string        // host functions with their signatures, sorted
	Exports               []string        // functions with their signatures, sorted
	Grants                manifest.Grants // requested by the manifest
	Missing               []string        // requested and not granted
}

// Report describes the plugin.
func (p *Plugin) Report() Report {
	v := p.live.Load()
	r := Report{
		Name: p.name, Version: v.manifest.Version, Digest: v.source.digest, Bytes: v.source.bytes,
		Hooks: p.Points(), Grants: v.manifest.Grants,
		Missing: v.rights.Missing(),
	}
	for _, i := range v.declared.Imports {
		r.Imports = append(r.Imports, fmt.Sprintf("%s.%s %s", i.Module, i.Name, i.Signature))
	}
	slices.Sort(r.Imports)
	for _, name := range slices.Sorted(maps.Keys(v.declared.Exports)) {
		r.Exports = append(r.Exports, fmt.Sprintf("%s %s", name, v.declared.Exports[name]))
	}
	return r
}
