package wasm_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// counter returns a module with that many pages whose export run counts its calls in memory
// and in a global, and returns the product; grow adds a page.
func counter(pages uint32) *asm.Module {
	m := &asm.Module{}
	m.Memory(pages, 0)
	g := m.Global("i", true, asm.I32(0))
	far := int32(pages)<<16 - 8
	m.Export("run", m.Func("", "i",
		asm.I32(far), asm.I32(far), asm.Load(), asm.I32(1), asm.Op(asm.Add), asm.Store(),
		asm.Global(g), asm.I32(1), asm.Op(asm.Add), asm.SetGlobal(g),
		asm.I32(far), asm.Load(), asm.Global(g), asm.Op(asm.Mul)))
	// fill overwrites all memory, which is more than is restored page by page
	m.Export("fill", m.Func("", "i", asm.I32(0), asm.I32(7), asm.I32(far+8), asm.MemoryFill(), asm.I32(far), asm.Load()))
	m.Export("grow", m.Func("", "i", asm.I32(1), asm.MemoryGrow()))
	return m
}

func compileModule(t testing.TB, m *asm.Module, pages uint32) *wasm.Module {
	t.Helper()
	ctx := context.Background()
	engine, err := wasm.NewEngine("")
	if err != nil {
		t.Fatal(err)
	}
	opts := fixed(new(strings.Builder))
	opts.MemoryPages = pages
	module, err := engine.Compile(ctx, m.Bytes(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		module.Close(ctx)
		engine.Close(ctx)
	})
	return module
}

func instance(t testing.TB, m *wasm.Module) *wasm.Instance {
	t.Helper()
	i, err := m.Instantiate(context.Background(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { i.Close() })
	return i
}

func run(t testing.TB, i *wasm.Instance, export string) int32 {
	t.Helper()
	n, err := i.Call(export, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestSnapshot_reset: memory and globals are restored, in small memories by copying and in
// large ones by mapping where possible.
func TestSnapshot_reset(t *testing.T) {
	for _, pages := range []uint32{1, 3, 40} {
		t.Run(fmt.Sprint(pages), func(t *testing.T) {
			module := compileModule(t, counter(pages), pages+5)
			first := instance(t, module)
			run(t, first, "run")
			run(t, first, "grow")
			snap, err := first.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { snap.Close() })
			for range 2 { // one that has run, and one that has not
				second := instance(t, module)
				if err := second.Restore(snap); err != nil {
					t.Fatal(err)
				}
				for range 3 {
					if got := run(t, second, "run"); got != 4 {
						t.Errorf("second call counts %d, want 4", got)
					}
					if got := run(t, second, "run"); got != 9 {
						t.Errorf("third call counts %d, want 9", got)
					}
					if !second.Reset() {
						t.Fatal("cannot be reset")
					}
					run(t, second, "fill")
					if !second.Reset() {
						t.Fatal("cannot be reset")
					}
				}
				if raw, _ := second.Read(0, second.MemorySize()); bytes.Contains(raw, []byte{7}) {
					t.Error("something of what the guest wrote is left")
				}
				run(t, second, "grow")
				if second.Reset() {
					t.Error("was reset after its memory had grown")
				}
			}
			if got := run(t, first, "run"); got != 4 {
				t.Errorf("the instance that it was taken of counts %d, want 4", got)
			}
			if first.Reset() {
				t.Error("an instance without a snapshot was reset")
			}
		})
	}
}

func TestSnapshot_stateful(t *testing.T) {
	m := counter(1)
	m.Table(1, 2)
	m.Export("table", m.Func("", "i", asm.RefNull(), asm.I32(1), asm.TableGrow()))
	if _, err := instance(t, compileModule(t, m, 2)).Snapshot(); err == nil {
		t.Error("a module that grows tables was taken a snapshot of")
	}
}

// BenchmarkReset resets a guest that has written to one page.
func BenchmarkReset(b *testing.B) {
	for _, kib := range []uint32{64, 192, 256, 320, 1344, 2560, 8192} {
		b.Run(fmt.Sprintf("%dKiB", kib), func(b *testing.B) {
			module := compileModule(b, counter(kib/64), kib/64)
			snap, err := instance(b, module).Snapshot()
			if err != nil {
				b.Fatal(err)
			}
			defer snap.Close()
			i := instance(b, module)
			if err := i.Restore(snap); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := i.Call("run", 1_000_000); err != nil || !i.Reset() {
					b.Fatal(err)
				}
			}
		})
	}
}
