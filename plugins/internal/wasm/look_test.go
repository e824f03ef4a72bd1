package wasm

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

// TestMeter_numbers: the host's function is inserted before the module's own, so all
// references to the module's functions are renumbered: in calls, element segments, globals
// and exports.
func TestMeter_numbers(t *testing.T) {
	m := &asm.Module{}
	yield := m.Import(wasiModule, "sched_yield", "", "i")
	m.Memory(1, 0)
	m.Table(20, 0)
	var fs []uint32
	for n := range int32(8) {
		fs = append(fs, m.Func("", "i", asm.I32(n)))
	}
	index := func(f uint32) []byte { return asm.U(f) }
	expr := func(f uint32) []byte { return asm.Cat([]byte{0xD2}, asm.U(f), []byte{0x0B}) }
	at := func(n int32) []byte { return asm.Cat(asm.I32(n), []byte{0x0B}) }
	one, funcs, refs := asm.U(1), []byte{0}, []byte{0x70}
	m.RawElement([]byte{0}, at(0), one, index(fs[0]))
	m.RawElement([]byte{2, 0}, at(1), funcs, one, index(fs[1]))
	m.RawElement([]byte{4}, at(2), one, expr(fs[2]))
	m.RawElement([]byte{6, 0}, at(3), refs, one, expr(fs[3]))
	m.RawElement([]byte{1}, funcs, one, index(fs[4]))
	m.RawElement([]byte{5}, refs, one, expr(fs[5]))
	m.RawElement([]byte{3}, funcs, one, index(fs[6]))
	m.RawElement([]byte{0}, at(7), one, index(yield))
	held := m.Global("r", false, expr(fs[6])[:len(expr(fs[6]))-1])
	initialise := func(segment byte, to int32) []byte {
		return asm.Cat(asm.I32(to), asm.I32(0), asm.I32(1), []byte{0xFC, 12, segment, 0})
	}
	m.Export("init", m.Func("", "i", initialise(4, 4), initialise(5, 5),
		asm.I32(6), asm.Global(held), []byte{0x26, 0}, // table.set
		asm.I32(8), []byte{0xD2}, asm.U(fs[7]), []byte{0x26, 0}, asm.Call(fs[7])))
	for n := range int32(9) {
		m.Export("at"+string(rune('0'+n)), m.Func("", "i", asm.I32(n), asm.CallIndirect(m.Type("", "i"))))
	}
	m.Export("third", fs[3])
	m.Export("seventh", fs[7])
	i := timed(t, m)
	want := map[string]int32{"init": 7, "third": 3, "at7": 0, "at8": 7}
	for n := range int32(7) {
		want["at"+string(rune('0'+n))] = n
	}
	for _, name := range append([]string{"init"}, "third", "at0", "at1", "at2", "at3", "at4", "at5", "at6", "at7", "at8") {
		if got, err := i.Call(name, 10_000); err != nil || got != want[name] {
			t.Errorf("%s: %d, %v; want %d", name, got, err, want[name])
		}
	}
}

// deeper returns a function that recurses as often as its argument says, with a frame of
// the given shape.
func deeper(shape string) *asm.Module {
	m := &asm.Module{}
	m.Memory(1, 0)
	leaf := m.Func("", "i", asm.I32(16), asm.Load())
	self := leaf + 1
	again := asm.Cat(asm.Local(0), asm.I32(1), asm.Op(asm.Sub), asm.Call(self))
	kept, locals := asm.Cat(again, asm.Local(0), asm.Op(asm.Add)), ""
	switch shape {
	case "locals":
		locals = strings.Repeat("i", 400)
		for n := range uint32(400) {
			kept = asm.Cat(asm.Local(0), asm.I32(int32(n)), asm.Op(asm.Mul), asm.SetLocal(n+1), kept, asm.Local(n+1), asm.Op(asm.Add))
		}
	case "values one after the other": // each in its own slot, though there is one local
		locals = "i"
		next := asm.Cat(asm.Call(leaf), asm.SetLocal(1), asm.Call(leaf), asm.Local(1), asm.Op(asm.Add), asm.Local(0), asm.Op(asm.Add), asm.SetLocal(0))
		kept = asm.Cat(kept, asm.I32(0), asm.If(asm.Repeat(1000, next)))
	case "operands":
		kept = asm.Cat(asm.Repeat(400, asm.I32(16), asm.Load()), kept, asm.Repeat(400, asm.Op(asm.Add)))
	}
	m.FuncLocals("i", "i", locals, asm.Local(0), []byte{0x04, 0x7F}, kept, []byte{0x05}, asm.I32(0), []byte{0x0B})
	m.Export("run", m.Func("", "i", asm.I32(1<<30), asm.Call(self)))
	m.Export("shallow", m.Func("", "i", asm.I32(20), asm.Call(self)))
	return m
}

// TestStack_counts: whatever is in its frames, a call ends before memory and stack exceed
// the limit by more than growth between two checks, and a normal stack is not limited by a
// large memory.
func TestStack_counts(t *testing.T) {
	NeedsCompiler(t)
	for _, shape := range []string{"little", "locals", "values one after the other", "operands"} {
		for _, pages := range []uint32{1, 64, 256} {
			i := limited(t, deeper(shape), pages)
			if _, err := i.Call("shallow", 1<<40); err != nil {
				t.Errorf("%s, %d pages: 20 deep: %v", shape, pages, err)
			}
			_, err := i.Call("run", 1<<40)
			if !errors.Is(err, ErrStack) {
				t.Errorf("%s, %d pages: got %v, want ErrStack", shape, pages, err)
			}
			limit := max(leastStack, int(pages)<<16)
			if got := i.StackBytes(); got > 2*limit+1<<20 || got < limit/8 {
				t.Errorf("%s, %d pages: it ended with a stack of %d bytes of %d", shape, pages, got, limit)
			}
		}
	}
}

// limited returns an instance with this many pages of memory.
func limited(t *testing.T, m *asm.Module, pages uint32) *Instance {
	t.Helper()
	opts := plenty
	opts.MemoryPages = pages
	return shared(t, m, opts, nil)
}

// shared returns an instance whose time is limited by a share.
func shared(t *testing.T, m *asm.Module, opts Options, share *Share) *Instance {
	t.Helper()
	ctx := context.Background()
	engine, err := NewEngine("")
	if err != nil {
		t.Fatal(err)
	}
	opts.Shape.BodyBytes = 1 << 20
	module, err := engine.Compile(ctx, m.Bytes(), opts)
	if err != nil {
		t.Fatal(err)
	}
	i, err := module.Instantiate(ctx, nil, share)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		i.Close()
		module.Close(ctx)
		engine.Close(ctx)
	})
	return i
}

// TestShare_pauses: a guest that computes continuously runs for its share of the time and
// waits for the rest.
func TestShare_pauses(t *testing.T) {
	share := NewShare(50)
	share.rate = 0.2 // whatever the cores
	opts := plenty
	opts.Time = time.Second
	i := shared(t, asm.Hook("on_auth_expire", asm.Loop(asm.Br(0)), asm.I32(0)), opts, share)
	begun := time.Now()
	if _, err := i.Call("on_auth_expire", 1<<60); !errors.Is(err, ErrTime) {
		t.Errorf("got %v, want ErrTime", err)
	}
	took := time.Since(begun)
	spent, waited := share.Spent()
	if most := took/5 + 2*shareBurst; spent > most || waited < took/4 {
		t.Errorf("of %s it computed %s and waited %s; it may compute %s", took, spent, waited, most)
	}
}

// TestShare_without: 100 percent is no limit, and without a share nothing is measured.
func TestShare_without(t *testing.T) {
	opts := plenty
	opts.Time = 100 * time.Millisecond
	for _, share := range []*Share{nil, NewShare(100)} {
		i := shared(t, asm.Hook("on_auth_expire", asm.Loop(asm.Br(0)), asm.I32(0)), opts, share)
		if _, err := i.Call("on_auth_expire", 1<<60); !errors.Is(err, ErrTime) {
			t.Errorf("got %v, want ErrTime", err)
		}
		if share == nil {
			continue
		}
		if spent, waited := share.Spent(); spent < 50*time.Millisecond || waited != 0 || share.Over() {
			t.Errorf("it computed %s and waited %s", spent, waited)
		}
	}
}

// TestShare_slices: a guest with slow slices is checked more often, and a fast one as often
// as before.
func TestShare_slices(t *testing.T) {
	i := limited(t, asm.Hook("on_auth_expire", asm.I32(0)), 1)
	i.adapt(10 * longLook)
	short := i.from.slice.Load()
	if short > 100 || short < leastLook {
		t.Errorf("after a slice of %s the next has %d units", 10*longLook, short)
	}
	for range 20 {
		i.adapt(longLook / 100)
	}
	if got := i.from.slice.Load(); got != 1000 {
		t.Errorf("after quick ones it has %d units", got)
	}
}
