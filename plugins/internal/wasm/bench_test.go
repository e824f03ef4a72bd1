package wasm

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// BenchmarkMeter runs a program with and without metering in turns and reports the ratio of
// the fastest turns, since a shared machine slows down whole runs. The hooks are
// short-expiry, which reads and writes one field, with host functions that do almost
// nothing; through the whole binding the ratio is lower.
func BenchmarkMeter(b *testing.B) {
	for _, p := range []struct {
		name   string
		export string
		module func(testing.TB) []byte
	}{
		{"hook in C", "on_auth_expire", shortExpiryC},
		{"hook in Go", "on_auth_expire", shortExpiryGo},
		{"hash", "run", hashing},
		{"count", "run", counting},
		{"copy bytes", "run", copying},
		{"memory.copy", "run", bulkCopying},
		{"fib", "run", fibonacci},
	} {
		b.Run(p.name, func(b *testing.B) {
			module := p.module(b)
			metered, err := meter.Rewrite(module, benchOptions().Shape)
			if err != nil {
				b.Fatal(err)
			}
			without, with := runner(b, module, p.export), runner(b, metered, p.export)
			fastest := [2]time.Duration{time.Hour, time.Hour}
			const calls = 50
			for b.Loop() {
				for n, run := range []func(){without, with} {
					begun := time.Now()
					for range calls {
						run()
					}
					fastest[n] = min(fastest[n], time.Since(begun))
				}
			}
			b.ReportMetric(float64(fastest[1])/float64(fastest[0]), "metered/plain")
			b.ReportMetric(float64(fastest[1])/calls, "ns/metered")
			b.ReportMetric(float64(fastest[0])/calls, "ns/plain")
		})
	}
}

// The loops run 10,000 times, counting in local 0.
var (
	countUp  = asm.Cat(asm.Local(0), asm.I32(1), asm.Op(asm.Add), []byte{0x22, 0})
	whileLow = asm.Cat(asm.I32(10000), asm.Op(asm.LtU), asm.BrIf(0))
)

func looping(body ...[]byte) []byte {
	return program(func(m *asm.Module) uint32 {
		return m.FuncLocals("", "i", "ii", asm.Loop(asm.Cat(body...), countUp, whileLow), asm.Local(1))
	})
}

// counting returns an empty loop, where metering costs the most.
func counting(testing.TB) []byte { return looping() }

// hashing returns FNV over memory, as in hooks that process text.
func hashing(testing.TB) []byte {
	return looping(asm.Local(1), asm.Local(0), []byte{0x2D, 0, 0}, asm.Op(0x73), asm.I32(16777619), asm.Op(asm.Mul), asm.SetLocal(1))
}

// copying moves bytes one by one.
func copying(testing.TB) []byte {
	return looping(asm.Local(0), asm.Local(0), []byte{0x2D, 0, 0, 0x3A, 0, 0x80, 0x80, 0x01})
}

// bulkCopying moves 64 bytes at a time.
func bulkCopying(testing.TB) []byte {
	return looping(asm.Local(0), asm.I32(16384), asm.I32(64), asm.MemoryCopy())
}

// fibonacci does little but call: the 20th number takes 22,000 calls.
func fibonacci(testing.TB) []byte {
	return program(func(m *asm.Module) uint32 {
		less := func(n int32) []byte { return asm.Cat(asm.Local(0), asm.I32(n), asm.Op(asm.Sub), asm.Call(0)) }
		fib := m.Func("i", "i",
			asm.Local(0), asm.I32(2), asm.Op(asm.LtU), asm.If(asm.Local(0), asm.Op(asm.Return)),
			less(1), less(2), asm.Op(asm.Add))
		return m.Func("", "i", asm.I32(20), asm.Call(fib))
	})
}

const shortExpiry = "../../../examples/plugins/short-expiry/"

func shortExpiryC(t testing.TB) []byte {
	module, err := os.ReadFile(shortExpiry + "short-expiry.wasm")
	if err != nil {
		t.Fatal(err)
	}
	return module
}

func shortExpiryGo(t testing.TB) []byte {
	file := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", file, shortExpiry+"go")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("no Go guest: %v\n%s", err, out)
	}
	module, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return module
}

func benchOptions() Options {
	opts := plenty
	opts.MemoryPages = 256
	opts.Shape.Functions, opts.Shape.DataBytes, opts.Shape.TableEntries = 20_000, 8<<20, 10_000
	opts.Shape.Blocks, opts.Shape.Targets, opts.Shape.Exports = 4000, 4000, 256
	opts.WASI.Output = func(*Instance, []byte) {}
	for _, i := range abi.Imports() {
		f := Func{Module: abi.Module, Name: i.Name, Params: i.Params, Result: i.Result, Call: func(_ *Instance, s []uint64) {
			if len(s) > 0 {
				s[0] = 0
			}
		}}
		if i.Name == "get_i64" {
			f.Call = func(i *Instance, s []uint64) { i.WriteUint32(uint32(s[2]), 0); s[0] = 604800 }
		}
		opts.Funcs = append(opts.Funcs, f)
	}
	return opts
}

// runner returns a function that calls an export once.
func runner(b *testing.B, module []byte, export string) func() {
	i := unmetered(b, context.Background(), module, benchOptions(), wazero.NewRuntimeConfig())
	if fuel, metered := i.module.ExportedGlobal(meter.Fuel).(api.MutableGlobal); metered {
		i.fuel = fuel
	}
	call := func(name string) {
		if _, err := i.Call(name, 1<<40); err != nil {
			b.Fatal(err)
		}
	}
	if i.module.ExportedFunction(abi.Initialize) != nil {
		call(abi.Initialize)
	}
	return func() { call(export) }
}
