package wasm

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// Compile validates, meters and compiles a module. If there is a cache directory, only
// one process at a time compiles the same module. ctx bounds the wait for another
// process; the compiler itself ignores ctx's deadline, so bound the size of binary.
//
// wazero's own timeout stays off: it checks the clock only at loop heads and costs three
// to twelve times as much as fuel, which covers all code.
func (e *Engine) Compile(ctx context.Context, binary []byte, opts Options) (*Module, error) {
	unlock, err := e.lock(ctx, binary)
	if err != nil {
		return nil, err
	}
	defer unlock()
	metered, err := e.metered(ctx, binary, opts)
	if err != nil {
		return nil, err
	}
	m, err := e.compile(ctx, metered, opts)
	if isCacheDamage(err) && e.forgetCompiled() == nil {
		m, err = e.compile(ctx, metered, opts)
	}
	if err != nil {
		return nil, err
	}
	m.keep(binary, opts.Sections)
	m.watch, m.ticks = e.watch, int64(cmp.Or(opts.Time, time.Minute)/watchTick)+1
	return m, nil
}

// compile compiles a module that has been metered.
func (e *Engine) compile(ctx context.Context, metered []byte, opts Options) (*Module, error) {
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
		WithCoreFeatures(features).
		WithCompilationCache(e.cache).
		WithMemoryLimitPages(opts.MemoryPages).
		WithDebugInfoEnabled(false))
	m, err := compileIn(ctx, rt, metered, opts)
	if err != nil {
		_ = rt.Close(ctx)
	}
	return m, err
}

func compileIn(ctx context.Context, rt wazero.Runtime, binary []byte, opts Options) (*Module, error) {
	funcs := append(opts.WASI.funcs(), opts.Funcs...)
	if err := defineHost(ctx, rt, funcs); err != nil {
		return nil, err
	}
	compiled, err := rt.CompileModule(ctx, binary)
	if err != nil {
		return nil, err
	}
	m := &Module{runtime: rt, compiled: compiled, offered: funcs, config: moduleConfig(), memory: uint64(opts.MemoryPages) << 16}
	m.slice.Store(meter.Slice)
	content, _ := meter.CustomSection(binary, meter.Section)
	if m.notes, err = meter.ReadNotes(content); err != nil {
		return nil, err
	}
	return m, nil
}

// moduleConfig sets a source of randomness: without one wazero seeds a generator for each
// instance, which takes longer than the rest of the instantiation and is never used.
func moduleConfig() wazero.ModuleConfig {
	return wazero.NewModuleConfig().WithName("").WithStartFunctions().WithRandSource(rand.Reader)
}

// defineHost instantiates the host modules that guests import.
func defineHost(ctx context.Context, rt wazero.Runtime, funcs []Func) error {
	builders := map[string]wazero.HostModuleBuilder{}
	for _, f := range funcs {
		b, ok := builders[f.Module]
		if !ok {
			b = rt.NewHostModuleBuilder(f.Module)
			builders[f.Module] = b
		}
		b.NewFunctionBuilder().WithGoModuleFunction(hostCall(f.Call), types(f.Params), types(f.Result)).Export(f.Name)
	}
	builders[meter.Host] = rt.NewHostModuleBuilder(meter.Host)
	builders[meter.Host].NewFunctionBuilder().WithGoFunction(api.GoFunc(refill), types("I"), types("I")).Export(meter.Refill)
	for name, b := range builders {
		if _, err := b.Instantiate(ctx); err != nil {
			return fmt.Errorf("host module %s: %w", name, err)
		}
	}
	return nil
}

// hostCallUnits is the fuel that a host call costs, about what a loop would burn in the
// same time.
const hostCallUnits = 100

func hostCall(call func(*Instance, []uint64)) api.GoModuleFunc {
	return func(ctx context.Context, mod api.Module, stack []uint64) {
		i := ctx.(*calling).instance
		if i.memory == nil {
			i.memory = mod.Memory()
		}
		i.Burn(hostCallUnits)
		i.punctual()
		call(i, stack)
	}
}
