package wasm

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// Module is a compiled module in its own runtime. Safe for concurrent use.
type Module struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	offered  []Func
	notes    meter.Notes
	config   wazero.ModuleConfig
	sections map[string][]byte // the custom sections named in Options
	names    map[uint32]string // of functions, from the name section
	imported uint64            // number of imported functions, including the meter's
	watch    *watch
	ticks    int64        // limit of a call, in ticks
	memory   uint64       // limit on an instance's memory and stack, in bytes
	slice    atomic.Int64 // fuel between two calls of look, at most [meter.Slice]
}

// Signature is a function's parameters and results, each as "i32, i64".
type Signature struct{ Params, Results string }

// String returns the signature for messages.
func (s Signature) String() string {
	if s.Results == "" {
		return "(" + s.Params + ")"
	}
	return "(" + s.Params + ") -> " + s.Results
}

// Import is a function that the module imports.
type Import struct {
	Module, Name string
	Signature    Signature
}

// Exports returns the exported functions by name.
func (m *Module) Exports() map[string]Signature {
	all := map[string]Signature{}
	for name, def := range m.compiled.ExportedFunctions() {
		all[name] = signature(def.ParamTypes(), def.ResultTypes())
	}
	return all
}

// Imports returns the imported functions.
func (m *Module) Imports() []Import {
	var list []Import
	for _, def := range m.compiled.ImportedFunctions() {
		module, name, _ := def.Import()
		if module == meter.Host {
			continue
		}
		list = append(list, Import{module, name, signature(def.ParamTypes(), def.ResultTypes())})
	}
	return list
}

// Offered returns the signature of a host function; false if there is none.
func (m *Module) Offered(module, name string) (Signature, bool) {
	for _, f := range m.offered {
		if f.Module == module && f.Name == name {
			return signature(types(f.Params), types(f.Result)), true
		}
	}
	return Signature{}, false
}

// HasMemory reports whether the module exports a memory of that name.
func (m *Module) HasMemory(name string) bool {
	_, ok := m.compiled.ExportedMemories()[name]
	return ok
}

// Scan checks the structure of a module that is not validated yet, in time linear in its
// size.
func Scan(binary []byte, l meter.Limits) error { return meter.Scan(binary, l) }

// Section returns the content of the first custom section with that name in a module that
// is not validated yet.
func Section(binary []byte, name string) ([]byte, bool) { return meter.CustomSection(binary, name) }

// CountSections returns the number of custom sections with that name in a module that is
// not validated yet.
func CountSections(binary []byte, name string) int { return meter.CountSections(binary, name) }

// keep stores what the metered module no longer contains.
func (m *Module) keep(binary []byte, sections []string) {
	m.imported = uint64(len(m.compiled.ImportedFunctions()))
	m.names, m.sections = meter.FunctionNames(binary), map[string][]byte{}
	for _, name := range sections {
		if content, ok := meter.CustomSection(binary, name); ok {
			m.sections[name] = slices.Clone(content)
		}
	}
}

// Section returns the content of a custom section that [Options] names.
func (m *Module) Section(name string) ([]byte, bool) {
	content, ok := m.sections[name]
	return content, ok
}

// Resettable reports whether memory and globals are an instance's whole state, so that a
// [Snapshot] is complete.
func (m *Module) Resettable() bool { return !m.notes.Stateful }

// Instantiate creates an instance. Host functions find state in it; the time of its calls
// counts towards share, nil means no limit. It runs no guest code.
func (m *Module) Instantiate(ctx context.Context, state any, share *Share) (*Instance, error) {
	i := &Instance{State: state, from: m, share: share, dice: rand.Uint32(), funcs: map[string]*function{}, watch: m.watch}
	i.state.Store(held)
	i.ctx = &calling{context.WithoutCancel(ctx), i}
	making, mapped := i.ctx, func() *mapping { return nil }
	if m.large() {
		making, mapped = withMapping(i.ctx)
	}
	mod, err := m.runtime.InstantiateModule(making, m.compiled, m.config)
	if err != nil {
		return nil, fmt.Errorf("instantiate: %w", err)
	}
	i.module, i.memory, i.mapped = mod, mod.Memory(), mapped()
	i.fuel = mod.ExportedGlobal(meter.Fuel).(api.MutableGlobal)
	for _, name := range m.notes.Globals {
		i.globals = append(i.globals, mod.ExportedGlobal(name).(api.MutableGlobal))
	}
	m.watch.add(i)
	return i, nil
}

// large reports whether an instance's initial memory is too large to be copied on reset.
func (m *Module) large() bool {
	for _, def := range m.compiled.ExportedMemories() {
		return uint64(def.Min())<<16 > copyLimit
	}
	return false
}

// Close frees the module and its remaining instances.
func (m *Module) Close(ctx context.Context) error { return m.runtime.Close(ctx) }

func signature(params, results []api.ValueType) Signature {
	return Signature{typeNames(params), typeNames(results)}
}

func typeNames(list []api.ValueType) string {
	text := ""
	for n, t := range list {
		if n > 0 {
			text += ", "
		}
		text += api.ValueTypeName(t)
	}
	return text
}
