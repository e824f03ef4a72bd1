package plugins

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/plugins/abi"
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

const hookSignature = "() -> i32"

// inspect checks that a module speaks the ABI and returns the points that it
// has a hook for, sorted.
func inspect(m *wasm.Module) ([]string, error) {
	exports := m.Exports()
	points, err := hookExports(exports)
	return points, errors.Join(checkMarker(exports), checkMemory(m), checkLifecycle(exports), checkImports(m), err)
}

func checkMarker(exports map[string]wasm.Signature) error {
	if _, ok := exports["_start"]; ok {
		return errors.New("it exports _start, so it was built as a program: build a library (Go: -buildmode=c-shared, C: -Wl,--no-entry)")
	}
	if _, ok := exports[abi.Marker]; !ok {
		return fmt.Errorf("it does not export %s: export an empty function of that name, or use an SDK, which does", abi.Marker)
	}
	return nil
}

func checkMemory(m *wasm.Module) error {
	if !m.HasMemory(abi.Memory) {
		return fmt.Errorf("it does not export its memory as %q", abi.Memory)
	}
	return nil
}

func checkLifecycle(exports map[string]wasm.Signature) error {
	want := map[string]string{abi.Configure: hookSignature, abi.Initialize: "()"}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got, ok := exports[name]; ok && got.String() != want[name] {
			return fmt.Errorf("export %s is %s, it should be %s", printable.Text(name), got, want[name])
		}
	}
	return nil
}

// hookExports finds the on_... exports; whatever begins so is meant as a hook.
func hookExports(exports map[string]wasm.Signature) ([]string, error) {
	var points []string
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(exports)) {
		point, ok := abi.PointOf(name)
		if !ok {
			continue
		}
		if _, known := abi.Lookup(point); !known {
			errs = append(errs, fmt.Errorf("export %s: there is no hook point %q%s", printable.Text(name), point, suggestPoint(point)))
		}
		if got := exports[name].String(); got != hookSignature {
			errs = append(errs, fmt.Errorf("export %s is %s, it should be %s", printable.Text(name), got, hookSignature))
		}
		points = append(points, point)
	}
	if len(points) == 0 {
		errs = append(errs, errors.New("it exports no hook: export a function such as on_token_claims"))
	}
	return points, errors.Join(errs...)
}

func checkImports(m *wasm.Module) error {
	var errs []error
	for _, i := range m.Imports() {
		want, ok := m.Offered(i.Module, i.Name)
		if !ok {
			errs = append(errs, fmt.Errorf("import %s.%s: no such host function%s", printable.Text(i.Module), printable.Text(i.Name), suggestImport(i)))
		} else if want != i.Signature {
			errs = append(errs, fmt.Errorf("import %s.%s is %s, it should be %s", i.Module, i.Name, i.Signature, want))
		}
	}
	return errors.Join(errs...)
}

// checkGranted refuses a module whose imports cannot work, before it runs.
func checkGranted(m *wasm.Module, r rights) error {
	needs := map[string]struct {
		granted bool
		asked   bool
		grant   string
	}{
		"secret_get": {r.secrets(), len(r.asked.Secrets) > 0, "secrets"},
		"kv_get":     {r.kv(), r.asked.KV, "kv"},
		"kv_put":     {r.kv(), r.asked.KV, "kv"},
		"kv_incr":    {r.kv(), r.asked.KV, "kv"},
		"http_fetch": {len(r.asked.HTTP) > 0 && len(r.given.HTTP) > 0, len(r.asked.HTTP) > 0, "http"},
	}
	var errs []error
	for _, i := range m.Imports() {
		need, special := needs[i.Name]
		switch {
		case i.Module != abi.Module || !special || need.granted:
		case !need.asked:
			errs = append(errs, fmt.Errorf("import %s.%s needs the grant %q: let the manifest ask for it, and grant it", i.Module, i.Name, need.grant))
		default:
			errs = append(errs, fmt.Errorf("import %s.%s needs the grant %q, which the operator has not given: grant it, or use a plugin that does without", i.Module, i.Name, need.grant))
		}
	}
	return errors.Join(errs...)
}

var errTwoManifests = errors.New("the manifest beside the module differs from the one inside it: remove one of them")

var errManySections = errors.New("the module has more than one section " + abi.ManifestSection + ": keep one manifest")

// manifestOf reads the manifest from beside the module or from inside it; both
// must agree. Without one, what the module exports is what it says.
func manifestOf(src source, points []string) (Manifest, error) {
	text := src.manifest
	if text == nil {
		return Manifest{Hooks: points, Grants: src.spec.Grants}, nil
	}
	manifest, err := ParseManifest(text)
	if err != nil {
		return Manifest{}, err
	}
	if listed := slices.Sorted(slices.Values(manifest.Hooks)); !slices.Equal(listed, points) {
		return Manifest{}, fmt.Errorf("manifest: hooks are [%s], the module exports [%s]: make them equal",
			strings.Join(listed, " "), strings.Join(points, " "))
	}
	return manifest, nil
}

func sameJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}
