package plugins

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// ErrFuel is in the error of a plugin that burns more fuel than it is given, at
// its start too.
var ErrFuel = wasm.ErrFuel

// Inspection is a plugin as [Host.Inspect] finds it.
type Inspection struct {
	Report
	Start []Start // in their order; the last may have failed
}

// Start is what a function burns that runs when an instance starts.
type Start struct {
	Name        string // _initialize or configure
	Fuel, Limit int64
	Error       string // why no instance can start; "" for one that does
}

// Inspect describes a plugin and measures its start. It loads nothing, and other
// than Load it takes a plugin that cannot start: Start says why. Its errors are
// those of Load.
func (h *Host) Inspect(ctx context.Context, spec Spec) (Inspection, error) {
	if !h.enter() {
		return Inspection{}, fmt.Errorf("plugin %s: the host is %w", spec.label(), ErrClosed)
	}
	defer h.loads.Done()
	found, err := h.inspect(ctx, spec)
	if err != nil {
		return found, fmt.Errorf("plugin %s: %w", spec.label(), err)
	}
	return found, nil
}

func (h *Host) inspect(ctx context.Context, spec Spec) (_ Inspection, err error) {
	defer recovered(&err)
	src, module, err := h.prepare(ctx, spec)
	if err != nil {
		return Inspection{}, err
	}
	p := h.newPlugin(spec)
	v, err := h.newVersion(ctx, p, src, module)
	if v == nil {
		return Inspection{}, errors.Join(err, module.Close(context.WithoutCancel(ctx)))
	}
	p.name = v.name
	p.live.Store(v)
	found := Inspection{Report: p.Report(), Start: v.measure(ctx)}
	if err == nil {
		return found, v.close(context.WithoutCancel(ctx))
	}
	if !slices.ContainsFunc(found.Start, func(s Start) bool { return s.Error != "" }) {
		found.Start = append(found.Start, Start{Name: "snapshot", Error: err.Error()})
	}
	return found, module.Close(context.WithoutCancel(ctx))
}

// measure starts an instance, whatever comes of it.
func (v *version) measure(ctx context.Context) []Start {
	i, err := v.module.Instantiate(ctx, v.newGuest(ctx), v.plugin.share)
	if err != nil {
		return []Start{{Name: "instance", Error: err.Error()}}
	}
	defer i.Close()
	var steps []Start
	for _, name := range v.starting() {
		err := v.step(i, name)
		s := Start{Name: name, Limit: v.source.limits.StartFuel}
		s.Fuel = s.Limit - max(0, i.Fuel())
		if err != nil {
			s.Error = err.Error()
		}
		if steps = append(steps, s); err != nil {
			break
		}
	}
	return steps
}
