package manifest

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Module describes a compiled module. Signatures are strings such as "(i32, i32) -> i32".
type Module struct {
	Memory  bool              // whether it exports its memory as [abi.Memory]
	Exports map[string]string // signatures of functions by name
	Imports []Import
}

// Import is a function that a module imports.
type Import struct {
	Module, Name, Signature string
	Offered                 string // the host function's signature; "" if there is none
}

const hookSignature = "() -> i32"

// Points checks that a module implements the ABI and returns the points that it has a hook
// for, sorted. own are as in [Parse].
func (m Module) Points(own ...abi.Point) ([]string, error) {
	points, err := m.hooks(own)
	return points, errors.Join(m.checkMarker(), m.checkMemory(), m.checkLifecycle(), m.checkImports(), err)
}

func (m Module) checkMarker() error {
	if _, ok := m.Exports["_start"]; ok {
		return errors.New("it exports _start, so it was built as a program: build a library (Go: -buildmode=c-shared, C: -Wl,--no-entry)")
	}
	if _, ok := m.Exports[abi.Marker]; !ok {
		return fmt.Errorf("it does not export %s: export an empty function of that name, or use an SDK, which does", abi.Marker)
	}
	return nil
}

func (m Module) checkMemory() error {
	if !m.Memory {
		return fmt.Errorf("it does not export its memory as %q", abi.Memory)
	}
	return nil
}

func (m Module) checkLifecycle() error {
	want := map[string]string{abi.Configure: hookSignature, abi.Initialize: "()"}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got, ok := m.Exports[name]; ok && got != want[name] {
			return fmt.Errorf("export %s is %s, must be %s", printable.Text(name), got, want[name])
		}
	}
	return nil
}

// hooks finds the exports with the prefix on_; each must be a hook.
func (m Module) hooks(own []abi.Point) ([]string, error) {
	var points []string
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(m.Exports)) {
		point, ok := abi.PointOf(name)
		if !ok {
			continue
		}
		if _, known := abi.Lookup(point, own...); !known {
			errs = append(errs, fmt.Errorf("export %s: there is no hook point %q%s", printable.Text(name), point, SuggestPoint(point, own...)))
		}
		if got := m.Exports[name]; got != hookSignature {
			errs = append(errs, fmt.Errorf("export %s is %s, must be %s", printable.Text(name), got, hookSignature))
		}
		points = append(points, point)
	}
	if len(points) == 0 {
		errs = append(errs, errors.New("it exports no hook: export a function such as on_token_claims"))
	}
	return points, errors.Join(errs...)
}

func (m Module) checkImports() error {
	var errs []error
	for _, i := range m.Imports {
		if i.Offered == "" {
			errs = append(errs, fmt.Errorf("import %s.%s: no such host function%s", printable.Text(i.Module), printable.Text(i.Name), suggestImport(i.Module, i.Name)))
		} else if i.Offered != i.Signature {
			errs = append(errs, fmt.Errorf("import %s.%s is %s, must be %s", i.Module, i.Name, i.Signature, i.Offered))
		}
	}
	return errors.Join(errs...)
}

// CheckGranted rejects a module whose imports cannot work with its rights, before it
// runs.
func (m Module) CheckGranted(r Rights) error {
	var errs []error
	for _, i := range m.Imports {
		need, special := r.need(i.Name)
		switch {
		case i.Module != abi.Module || !special || need.granted:
		case !need.asked:
			errs = append(errs, fmt.Errorf("import %s.%s needs the grant %q: request it in the manifest, and grant it", i.Module, i.Name, need.grant))
		default:
			errs = append(errs, fmt.Errorf("import %s.%s needs the grant %q, which the operator has not given: grant it, or use a plugin that does not need it", i.Module, i.Name, need.grant))
		}
	}
	return errors.Join(errs...)
}

// need is the grant that a host function requires.
type need struct {
	asked, granted bool
	grant          string
}

// need returns the grant that a host function requires; false if it requires none.
func (r Rights) need(name string) (need, bool) {
	switch name {
	case "secret_get":
		return need{len(r.Asked.Secrets) > 0, r.secrets(), "secrets"}, true
	case "kv_get", "kv_put", "kv_incr":
		return need{r.Asked.KV, r.kv(), "kv"}, true
	case "http_fetch":
		return need{len(r.Asked.HTTP) > 0, len(r.Asked.HTTP) > 0 && len(r.Given.HTTP) > 0, "http"}, true
	}
	return need{}, false
}
