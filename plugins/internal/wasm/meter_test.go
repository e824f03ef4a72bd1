package wasm

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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
		Types: 100, Imports: 100, Functions: 1000, Globals: 100, Exports: 100, Values: 1000, NameBytes: 100, TableEntries: 1000, DataBytes: 1 << 20,
		BodyBytes: 1 << 20, Locals: 1000, Blocks: 1000, Targets: 1000,
	},
	WASI: WASI{Now: time.Now, Rand: rand.Reader, Output: func(*Instance, []byte) {}},
}

// outcome is the complete state after a program.
type outcome struct {
	result  int32
	trap    string // the first line of it
	memory  string
	numbers [3]uint64 // the program's own globals
	tables  int32
}

// metering compiles a module and returns a function that runs its export "run" on a new
// instance with this much fuel.
func metering(t testing.TB, module []byte) func(fuel int64) (out outcome, burnt int64, err error) {
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
	return func(fuel int64) (outcome, int64, error) {
		i, err := m.Instantiate(ctx, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer i.Close()
		result, err := i.Call("run", fuel)
		burnt := fuel - i.Fuel()
		return look(t, i, result, err), burnt, err
	}
}

// plain runs the same without metering, with wazero's own timeout.
func plain(t testing.TB, module []byte) (outcome, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	i := unmetered(t, ctx, module, plenty, wazero.NewRuntimeConfig().WithCoreFeatures(features).
		WithMemoryLimitPages(plenty.MemoryPages).WithCloseOnContextDone(true))
	result, err := i.Call("run", 1<<40)
	if ctx.Err() != nil {
		t.Fatal("the program does not end")
	}
	return look(t, i, result, err), err
}

// unmetered returns an instance of an unchanged module.
func unmetered(t testing.TB, ctx context.Context, module []byte, opts Options, cfg wazero.RuntimeConfig) *Instance {
	t.Helper()
	rt := wazero.NewRuntimeWithConfig(ctx, cfg)
	t.Cleanup(func() { rt.Close(ctx) })
	if err := defineHost(ctx, rt, append(opts.WASI.funcs(), opts.Funcs...)); err != nil {
		t.Fatal(err)
	}
	compiled, err := rt.CompileModule(ctx, module)
	if err != nil {
		t.Fatal(err)
	}
	from := &Module{memory: uint64(opts.MemoryPages) << 16, imported: math.MaxUint64}
	from.slice.Store(meter.Slice)
	i := &Instance{from: from, funcs: map[string]*function{}, fuel: &noTank{}, watch: newWatch()}
	t.Cleanup(i.watch.close)
	i.ctx = &calling{ctx, i}
	if i.module, err = rt.InstantiateModule(i.ctx, compiled, moduleConfig()); err != nil {
		t.Fatal(err)
	}
	i.memory = i.module.Memory()
	return i
}

// noTank replaces the fuel of a module without metering.
type noTank struct {
	api.MutableGlobal
	left uint64
}

func (n *noTank) Get() uint64  { return n.left }
func (n *noTank) Set(v uint64) { n.left = v }

// look returns the state after a call; the program's own function returns that of tables.
func look(t testing.TB, i *Instance, result int32, err error) outcome {
	t.Helper()
	out := outcome{result: result}
	if err != nil {
		out.trap, _, _ = strings.Cut(err.Error(), "\n")
	}
	memory, _ := i.Read(0, i.MemorySize())
	out.memory = fmt.Sprintf("%d bytes, %x", len(memory), sha256.Sum256(memory))
	for n := range out.numbers {
		if g := i.module.ExportedGlobal(fmt.Sprintf("g%d", n)); g != nil {
			out.numbers[n] = g.Get()
		}
	}
	if i.module.ExportedFunction("peek") != nil {
		tables, err := i.Call("peek", 1<<40)
		if err != nil {
			t.Fatal(err)
		}
		out.tables = tables
	}
	return out
}

func program(build func(*asm.Module) uint32) []byte {
	m := &asm.Module{}
	m.Memory(1, 0)
	m.Export("run", build(m))
	return m.Bytes()
}

// TestMeter_runaways: every way to run for long ends without fuel, with or without a loop,
// and does not delay a garbage collection for long.
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

// TestMeter_sameBehaviour compares results and state of random programs with and without
// metering. The fuel they use must be the same each time and exactly enough.
func TestMeter_sameBehaviour(t *testing.T) {
	const programs = 120
	results, traps := 0, map[string]int{}
	for seed := range uint64(programs) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			switch out := compare(t, randomProgram(binary.LittleEndian.AppendUint64(nil, seed))); out.trap {
			case "":
				results++
			default:
				traps[out.trap]++
			}
		})
	}
	t.Logf("%d results, traps %v", results, traps)
	if results < programs/4 || len(traps) < 4 {
		t.Errorf("%d results and %d kinds of traps of %d programs: too few to prove anything", results, len(traps), programs)
	}
}

// compare runs a program with and without metering.
func compare(t *testing.T, module []byte) outcome {
	t.Helper()
	want, wantErr := plain(t, module)
	run := metering(t, module)
	got, burnt, err := run(1 << 26)
	if got != want || (err == nil) != (wantErr == nil) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
	again, burntAgain, _ := run(1 << 26)
	if again != got || burntAgain != burnt {
		t.Fatalf("burnt %d, then %d; %+v, then %+v", burnt, burntAgain, got, again)
	}
	if err != nil { // a trap loses the charges of its loop
		return got
	}
	if exactly, _, err := run(burnt); err != nil || exactly != got {
		t.Fatalf("on exactly the %d that it burns: %+v, %v; want %+v", burnt, exactly, err, got)
	}
	for _, less := range []int64{burnt - 1, burnt / 2, burnt / 7, 1, 0} {
		if _, _, err := run(less); !errors.Is(err, ErrFuel) {
			t.Fatalf("on %d of %d: got %v, want error %q", less, burnt, err, ErrFuel)
		}
	}
	return got
}

// TestEngine_meteredCache: a second engine uses the metered module of the first, and a
// damaged one is created again.
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

// FuzzMeter: a program made from the bytes gives the same result and state with and without
// metering, and every rewritten module is valid.
func FuzzMeter(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(binary.LittleEndian.AppendUint64(nil, seed))
	}
	f.Fuzz(func(t *testing.T, choices []byte) { compare(t, randomProgram(choices)) })
}
