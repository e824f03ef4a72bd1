package wasm

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

var plenty = Options{
	MemoryPages: 16,
	Shape: meter.Limits{
		Types: 100, Imports: 100, Functions: 1000, Globals: 100, Exports: 100, TableEntries: 1000, DataBytes: 1 << 20,
		BodyBytes: 1 << 20, Locals: 1000, Blocks: 1000, Targets: 1000,
	},
	WASI: WASI{Now: time.Now, Rand: rand.Reader, Output: func(*Instance, []byte) {}},
}

// metering compiles a module and returns a function that runs its export "run" on
// a new instance with this much fuel.
func metering(t testing.TB, module []byte) func(fuel int64) (result int32, burnt int64, err error) {
	t.Helper()
	ctx := context.Background()
	engine, err := NewEngine("")
	if err != nil {
		t.Fatal(err)
	}
	m, err := engine.Compile(ctx, module, plenty)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.Close(ctx)
		engine.Close(ctx)
	})
	return func(fuel int64) (int32, int64, error) {
		i, err := m.Instantiate(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer i.Close()
		result, err := i.Call("run", fuel)
		return result, fuel - i.Fuel(), err
	}
}

// plain runs the same without metering, under wazero's own clock.
func plain(t testing.TB, module []byte) (int32, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(features).
		WithMemoryLimitPages(plenty.MemoryPages).WithCloseOnContextDone(true))
	defer rt.Close(ctx)
	m, err := rt.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.ExportedFunction("run").Call(ctx)
	if err != nil {
		return 0, err
	}
	return api.DecodeI32(got[0]), nil
}

func program(build func(*asm.Module) uint32) []byte {
	m := &asm.Module{}
	m.Memory(1, 0)
	m.Export("run", build(m))
	return m.Bytes()
}

// TestMeter_runaways: whatever way there is to run for long is out of fuel, with
// or without a loop, and a garbage collection meanwhile is not held up for long.
func TestMeter_runaways(t *testing.T) {
	fillAll := asm.Cat(asm.I32(0), asm.I32(1), asm.I32(65536), asm.MemoryFill())
	for name, module := range map[string][]byte{
		"loop": program(func(m *asm.Module) uint32 { return m.Func("", "i", asm.Loop(asm.Br(0)), asm.I32(0)) }),
		"calls without a loop": program(func(m *asm.Module) uint32 {
			f := m.Func("", "i", asm.I32(0))
			for range 31 {
				f = m.Func("", "i", asm.Call(f), asm.Call(f), asm.Op(asm.Add))
			}
			return f
		}),
		"fills": program(func(m *asm.Module) uint32 {
			return m.Func("", "i", asm.Loop(fillAll, asm.Br(0)), asm.I32(0))
		}),
		"copies": program(func(m *asm.Module) uint32 {
			return m.Func("", "i", asm.Loop(asm.I32(0), asm.I32(1), asm.I32(65535), asm.MemoryCopy(), asm.Br(0)), asm.I32(0))
		}),
		"growths": program(func(m *asm.Module) uint32 {
			return m.Func("", "i", asm.Loop(asm.I32(1), asm.MemoryGrow(), asm.Op(asm.Drop), asm.Br(0)), asm.I32(0))
		}),
		"table fills": program(func(m *asm.Module) uint32 {
			m.Table(1000, 0)
			return m.Func("", "i", asm.Loop(asm.I32(0), asm.RefNull(), asm.I32(1000), asm.TableFill(), asm.Br(0)), asm.I32(0))
		}),
		"table growths": program(func(m *asm.Module) uint32 {
			m.Table(1, 0)
			return m.Func("", "i", asm.Loop(asm.RefNull(), asm.I32(1), asm.TableGrow(), asm.Op(asm.Drop), asm.Br(0)), asm.I32(0))
		}),
		"host calls": func() []byte {
			m := &asm.Module{}
			f := m.Import(wasiModule, "sched_yield", "", "i")
			m.Memory(1, 0)
			m.Export("run", m.Func("", "i", asm.Loop(asm.Call(f), asm.Op(asm.Drop), asm.Br(0)), asm.I32(0)))
			return m.Bytes()
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := metering(t, module)(1_000_000); !errors.Is(err, ErrFuel) {
				t.Errorf("got %v, want %v", err, ErrFuel)
			}
		})
	}
}

// TestMeter_sameBehaviour makes programs at random and compares what they do
// with and without meter; what they burn is the same each time, and enough.
func TestMeter_sameBehaviour(t *testing.T) {
	const programs = 200
	results, traps := 0, 0
	for seed := range uint64(programs) {
		module := randomProgram(mathrand.New(mathrand.NewPCG(seed, 1)))
		want, wantErr := plain(t, module)
		run := metering(t, module)
		got, burnt, err := run(1 << 40)
		_, again, _ := run(1 << 40)
		if burnt != again || burnt <= 0 && err == nil { // a trap keeps a loop's charges to itself
			t.Fatalf("seed %d: burnt %d, then %d", seed, burnt, again)
		}
		if (err == nil) != (wantErr == nil) || got != want {
			t.Fatalf("seed %d: %d, %v; want %d, %v", seed, got, err, want, wantErr)
		}
		if err != nil {
			traps++
			continue
		}
		results++
		if _, _, err := run(burnt); err != nil {
			t.Fatalf("seed %d: on exactly what it burns: %v", seed, err)
		}
		if _, _, err := run(burnt - 1); !errors.Is(err, ErrFuel) {
			t.Fatalf("seed %d: on one unit less: %v", seed, err)
		}
	}
	if results < programs/4 || traps < programs/20 {
		t.Errorf("%d results and %d traps of %d programs: too few of one kind to prove anything", results, traps, programs)
	}
}

// randomProgram is a few functions that call the earlier ones; all end.
func randomProgram(r *mathrand.Rand) []byte {
	m := &asm.Module{}
	m.Memory(1, 4)
	m.Table(4, 0)
	g := m.Global("i", true, asm.I32(int32(r.Uint32())))
	var f uint32
	for n := range 1 + r.IntN(5) {
		p := &author{r: r, callees: n, global: g}
		f = m.FuncLocals("", "i", "iiii", p.statements(3), p.number(3))
	}
	m.Element(0, 0)
	m.Export("run", f)
	return m.Bytes()
}

// author writes random code that is valid and ends: loops count local 3 down.
type author struct {
	r       *mathrand.Rand
	callees int
	global  uint32
}

func (a *author) statements(depth int) []byte {
	var out []byte
	for range a.r.IntN(4) {
		out = asm.Cat(out, a.statement(depth))
	}
	return out
}

func (a *author) statement(depth int) []byte {
	if depth == 0 {
		return asm.Cat(a.number(0), asm.SetLocal(uint32(a.r.IntN(3))))
	}
	switch a.r.IntN(10) {
	case 9:
		return asm.Cat(a.number(depth-1), asm.If(a.number(depth-1), asm.Op(asm.Return)))
	case 0:
		return asm.Cat(a.number(depth-1), asm.If(a.statements(depth-1)))
	case 1:
		return asm.Block(a.statements(depth-1), a.number(depth-1), asm.BrIf(0), a.statements(depth-1))
	case 2: // the innermost loops only, as they share a counter
		return asm.Cat(asm.I32(int32(1+a.r.IntN(20))), asm.SetLocal(3),
			asm.Loop(a.statement(0), asm.Local(3), asm.I32(1), asm.Op(asm.Sub), []byte{0x22, 3}, asm.BrIf(0)))
	case 3:
		return asm.Cat(a.address(), a.number(depth-1), asm.Store())
	case 4:
		return asm.Cat(a.address(), a.number(0), asm.I32(int32(a.r.IntN(70000))), asm.MemoryFill())
	case 5:
		return asm.Cat(a.address(), a.address(), asm.I32(int32(a.r.IntN(3000))), asm.MemoryCopy())
	case 6:
		return asm.Cat(asm.I32(int32(a.r.IntN(2))), asm.MemoryGrow(), asm.SetLocal(1))
	case 7:
		return asm.Cat(a.number(depth-1), asm.SetGlobal(a.global))
	}
	return asm.Cat(asm.RefNull(), asm.I32(int32(a.r.IntN(3))), asm.TableGrow(), asm.SetLocal(2))
}

func (a *author) address() []byte { return asm.I32(int32(a.r.IntN(66000))) }

func (a *author) number(depth int) []byte {
	if depth == 0 {
		return asm.I32(int32(a.r.Uint32()))
	}
	switch n := a.r.IntN(8); {
	case n == 0 && a.callees > 0:
		return asm.Call(uint32(a.r.IntN(a.callees)))
	case n == 1:
		return asm.Local(uint32(a.r.IntN(3)))
	case n == 2:
		return asm.Global(a.global)
	case n == 3:
		return asm.Cat(a.address(), asm.Load())
	case n < 7:
		ops := []byte{asm.Add, asm.Sub, asm.Mul, asm.DivS, asm.LtU}
		return asm.Cat(a.number(depth-1), a.number(depth-1), asm.Op(ops[a.r.IntN(len(ops))]))
	}
	return asm.I32(int32(a.r.Uint32()))
}

// TestEngine_meteredCache: the second engine takes what the first has metered,
// and one that was damaged is made anew.
func TestEngine_meteredCache(t *testing.T) {
	dir, ctx := filepath.Join(t.TempDir(), "cache"), context.Background()
	module := program(func(m *asm.Module) uint32 { return m.Func("", "i", asm.I32(7)) })
	compile := func() {
		t.Helper()
		engine, err := NewEngine(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer engine.Close(ctx)
		m, err := engine.Compile(ctx, module, plenty)
		if err != nil {
			t.Fatal(err)
		}
		m.Close(ctx)
	}
	compile()
	files, err := filepath.Glob(filepath.Join(dir, "metered-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v; want one metered module", files, err)
	}
	good, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	compile()
	for _, damage := range [][]byte{good[:10], good[:len(good)-1], append(bytes.Clone(good[:50]), make([]byte, len(good)-50)...)} {
		if err := os.WriteFile(files[0], damage, 0o600); err != nil {
			t.Fatal(err)
		}
		compile()
		if now, err := os.ReadFile(files[0]); err != nil || !bytes.Equal(now, good) {
			t.Errorf("a damaged file of %d bytes was not replaced (%v)", len(damage), err)
		}
	}
}

// FuzzMeter: a program that is made of the seed does the same with and without
// meter, and whatever is rewritten is valid.
func FuzzMeter(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, seed*seed)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		module := randomProgram(mathrand.New(mathrand.NewPCG(a, b)))
		want, wantErr := plain(t, module)
		run := metering(t, module)
		got, burnt, err := run(1 << 40)
		_, again, _ := run(1 << 40)
		if burnt != again || got != want || (err == nil) != (wantErr == nil) {
			t.Errorf("%d, %v burning %d and %d; want %d, %v", got, err, burnt, again, want, wantErr)
		}
	})
}
