package meter

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

var roomy = Limits{
	Types: 100, Imports: 100, Functions: 100, Globals: 100, Exports: 100, Values: 100, NameBytes: 100, TableEntries: 100, DataBytes: 1000,
	BodyBytes: 10_000, Locals: 1000, Blocks: 100, Targets: 100,
}

func loop() *asm.Module { return asm.Hook("on_auth_expire", asm.Loop(asm.Br(0)), asm.I32(0)) }

// TestRewrite_charges compares a metered body byte by byte. The functions have no locals
// and the module no globals, so the number is local 0, the copy of the fuel is local 1, and
// the fuel is global 0.
func TestRewrite_charges(t *testing.T) {
	pays := func(from []byte, units int64, more ...byte) []byte {
		return asm.Cat(from, asm.I64(units), asm.Op(0x7D), more, []byte{0x22, 1})
	}
	empty := asm.Cat(asm.I64(0), asm.Op(0x53))
	store := asm.Cat(asm.Local(1), asm.SetGlobal(0))
	refill := asm.Cat(asm.Local(1), asm.Call(0)) // the import before the only function
	here := asm.Cat(empty, []byte{4, 0x40}, refill, asm.SetLocal(1), []byte{0x0B})
	byGlobal := func(units int64, more ...byte) []byte {
		return asm.Cat(pays(asm.Global(0), units, more...), here, store)
	}
	byLocal := func(units int64) []byte { return asm.Cat(pays(asm.Local(1), units), here) }
	end := []byte{0x0B}
	bulk := func(shift ...byte) []byte {
		return asm.Cat([]byte{0x22, 0}, byGlobal(1, asm.Cat([]byte{0x20, 0, 0xAD}, shift, asm.Op(0x7D))...))
	}
	wrap := func(entry int64, body, leaves []byte) []byte { // the entry starts again after a refill
		return asm.Cat([]byte{3, 0x40, 2, 0x40, 2, 0x40}, pays(asm.Global(0), entry), empty, asm.BrIf(1), body, []byte{0x0B}, leaves, asm.Op(asm.Return),
			[]byte{0x0B}, refill, asm.I64(entry), asm.Op(0x7C), asm.SetGlobal(0), asm.Br(0), []byte{0x0B}, asm.Op(asm.Unreachable))
	}
	plain := func(entry int64, body ...[]byte) []byte { // the fuel is the global
		return wrap(entry, asm.Cat(store, asm.Cat(body...)), nil)
	}
	around := func(entry int64, body ...[]byte) []byte { // it is a local
		return wrap(entry, asm.Cat(body...), store)
	}
	typed := func(typ byte, units int64, body ...[]byte) []byte { // a loop restarts like an entry
		return asm.Cat([]byte{2, typ, 3, 0x40, 2, 0x40, 3, typ}, pays(asm.Local(1), units), empty, asm.BrIf(1), asm.Cat(body...), end,
			asm.Br(2), end, refill, asm.I64(units), asm.Op(0x7C), asm.SetLocal(1), asm.Br(0), end, asm.Op(asm.Unreachable), end)
	}
	loop := func(units int64, body ...[]byte) []byte { return typed(0x40, units, body...) }
	table := func(depths ...byte) []byte { return asm.Cat(asm.I32(0), []byte{0x0E, byte(len(depths) - 1)}, depths) }
	nops := asm.Repeat(130, asm.Op(asm.Nop))
	roots := asm.Cat([]byte{0x44, 0, 0, 0, 0, 0, 0, 0, 0}, asm.Repeat(9, asm.Op(0x9F)), asm.Op(asm.Drop)) // f64.sqrt counts for 32
	three := asm.Cat(asm.I32(0), asm.I32(0), asm.I32(9))
	for _, test := range []struct {
		name       string
		body, want []byte
	}{
		{"empty", nil, plain(4)},
		{"long", nops, plain(6, nops)},
		{"slow", roots, plain(8, roots)},
		{"loop", asm.Loop(asm.Br(0)), around(4, loop(1, asm.Br(0)))},
		{"long loop", asm.Loop(nops), around(6, loop(3, nops))},
		{"two loops", asm.Cat(asm.Loop(), asm.Loop()), around(4, loop(1), loop(1))},
		{"a loop in a loop", asm.Loop(asm.Loop()), around(4, loop(1, loop(1)))},
		{"a loop with a result", asm.Cat([]byte{3, 0x7F}, asm.I32(5), end, asm.Op(asm.Drop)), around(4, typed(0x7F, 1, asm.I32(5)), asm.Op(asm.Drop))},
		{"a loop with a parameter", asm.Cat(asm.I32(5), []byte{3, 1}, asm.Op(asm.Drop), end), around(4, asm.I32(5), []byte{3, 1}, byLocal(1), asm.Op(asm.Drop), end)},
		{"out of a loop", asm.Block(asm.Loop(asm.Br(1))), around(4, asm.Block(loop(1, asm.Br(4))))},
		{"out of the function", asm.Loop(asm.I32(1), asm.BrIf(1)), around(4, loop(1, asm.I32(1), asm.BrIf(4)))},
		{"out of a block in a loop", asm.Loop(asm.Block(asm.Br(0)), asm.Block(asm.Br(1)), asm.Block(asm.Br(2))),
			around(4, loop(1, asm.Block(asm.Br(0)), asm.Block(asm.Br(1)), asm.Block(asm.Br(5))))},
		{"to the outer loop", asm.Loop(asm.Loop(asm.Br(1))), around(4, loop(1, loop(1, asm.Br(4))))},
		{"out of two loops", asm.Block(asm.Loop(asm.Loop(asm.Br(2)))), around(4, asm.Block(loop(1, loop(1, asm.Br(8)))))},
		{"by a table", asm.Block(asm.Loop(asm.Block(table(0, 1, 2, 3)))), around(4, asm.Block(loop(1, asm.Block(table(0, 1, 5, 6)))))},
		{"after a loop", asm.Block(asm.Loop(), asm.Br(0)), around(4, asm.Block(loop(1), asm.Br(0)))},
		{"more loops than are wrapped", asm.Repeat(maxWrapped+1, asm.Loop()),
			around(12, asm.Repeat(maxWrapped, loop(1)), []byte{3, 0x40}, byLocal(1), end)},
		{"growing in a loop", asm.Loop(asm.I32(1), asm.MemoryGrow(), asm.Op(asm.Drop)),
			around(4, loop(1, asm.I32(1), byLocal(5000), asm.MemoryGrow(), asm.Op(asm.Drop)))},
		{"return in a loop", asm.Loop(asm.Op(asm.Return)), around(4, loop(1, store, asm.Op(asm.Return)))},
		{"call in a loop", asm.Loop(asm.Call(0)), around(4, loop(1, store, asm.Call(1), asm.Global(0), asm.SetLocal(1)))},
		{"call", asm.Call(0), plain(4, asm.Call(1))},
		{"a function's reference", asm.Cat([]byte{0xD2, 0}, asm.Op(asm.Drop)), plain(4, []byte{0xD2, 1}, asm.Op(asm.Drop))},
		{"return", asm.Op(asm.Return), plain(4, asm.Op(asm.Return))},
		{"block", asm.Block(asm.Op(asm.Nop)), plain(4, asm.Block(asm.Op(asm.Nop)))},
		{"grow", asm.Cat(asm.I32(1), asm.MemoryGrow(), asm.Op(asm.Drop)), plain(4, asm.I32(1), byGlobal(5000), asm.MemoryGrow(), asm.Op(asm.Drop))},
		{"fill", asm.Cat(three, asm.MemoryFill()), plain(4, three, bulk(0x42, 4, 0x88), asm.MemoryFill())},
		{"copy", asm.Cat(three, asm.MemoryCopy()), plain(4, three, bulk(0x42, 4, 0x88), asm.MemoryCopy())},
		{"init", asm.Cat(three, []byte{0xFC, 8, 0, 0}), plain(4, three, bulk(0x42, 4, 0x88), []byte{0xFC, 8, 0, 0})},
		{"table init", asm.Cat(three, []byte{0xFC, 12, 0, 0}), plain(4, three, bulk(), []byte{0xFC, 12, 0, 0})},
		{"table copy", asm.Cat(three, []byte{0xFC, 14, 0, 0}), plain(4, three, bulk(), []byte{0xFC, 14, 0, 0})},
		{"table growth", asm.Cat(three, asm.TableGrow()), plain(4, three, bulk(), asm.TableGrow())},
		{"table fill", asm.Cat(three, asm.TableFill()), plain(4, three, bulk(), asm.TableFill())},
	} {
		m := &asm.Module{}
		m.Func("", "", test.body)
		m.Type("i", "") // type 1
		wide := roomy
		wide.Blocks = 1000
		got, err := Rewrite(m.Bytes(), wide)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		want := asm.Cat([]byte{2, 1, 0x7F, 1, 0x7E}, test.want, []byte{0x0B})
		if !bytes.Contains(got, asm.Cat(asm.U(uint32(len(want))), want)) {
			t.Errorf("%s: %x\nlacks %x", test.name, got, want)
		}
	}
}

func TestRewrite_deterministic(t *testing.T) {
	module := loop().Bytes()
	first, err := Rewrite(module, roomy)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Rewrite(bytes.Clone(module), roomy)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("twice the same module: %x, %x, %v", first, second, err)
	}
}

func TestRewrite_refuses(t *testing.T) {
	with := func(change func(*asm.Module)) []byte {
		m := loop()
		change(m)
		return m.Bytes()
	}
	for _, test := range []struct {
		name   string
		module []byte
		want   string
	}{
		{"nothing", nil, "not a WebAssembly"},
		{"component", []byte{0, 'a', 's', 'm', 13, 0, 1, 0}, "not a WebAssembly"},
		{"global that is not there", with(func(m *asm.Module) { m.Func("", "", asm.I64(1<<40), asm.SetGlobal(0)) }), "global 0, there are 0"},
		{"global after its own", with(func(m *asm.Module) {
			m.Global("i", true, asm.I32(0))
			m.Func("", "", asm.Global(1), asm.Op(asm.Drop))
		}), "global 1, there are 1"},
		{"global in a global", with(func(m *asm.Module) { m.Global("I", true, asm.Global(0)) }), "global 0, there are 0"},
		{"local that is not there", with(func(m *asm.Module) { m.FuncLocals("i", "", "I", asm.Local(2), asm.Op(asm.Drop)) }), "local 2, there are 2"},
		{"reserved export", with(func(m *asm.Module) { m.Export("cardea:fuel", 0) }), "belong to the host"},
		{"reserved import", func() []byte {
			m := &asm.Module{}
			m.Import(Host, Refill, "I", "I")
			return m.Bytes()
		}(), "belongs to the host"},
		{"reserved section", with(func(m *asm.Module) { m.Custom(Section, "\x01\x00\x00") }), "belongs to the host"},
		{"start", with(func(m *asm.Module) { m.Start(0) }), "start section"},
		{"imported memory", with(func(m *asm.Module) { m.ImportMemory("a", "b") }), "imports a.b"},
		{"vector instruction", with(func(m *asm.Module) { m.Func("", "", []byte{0xFD, 0x0C}) }), "0xFD"},
		{"atomic", with(func(m *asm.Module) { m.Func("", "", []byte{0xFE, 0}) }), "0xFE"},
		{"tail call", with(func(m *asm.Module) { m.Func("", "", []byte{0x12, 0}) }), "0x12"},
		{"exception", with(func(m *asm.Module) { m.Func("", "", []byte{0x06, 0x40}) }), "0x06"},
		{"unknown bulk", with(func(m *asm.Module) { m.Func("", "", []byte{0xFC, 18}) }), "0xFC 18"},
		{"elements without end", asm.Cat(loop().Bytes(), asm.Section(9, []byte{0x80, 0xFF, 0xFF, 0x30, 0, 0, 0, 0})), "section 9"},
		{"elements of one segment without end", asm.Cat(loop().Bytes(), asm.Section(9, []byte{2, 1, 0, 0xFF, 0xFF, 0xF0, 0x23, 0})), "section 9"},
		{"data of one segment without end", asm.Cat(loop().Bytes(), asm.Section(11, []byte{1, 1, 0xFF, 0xFF, 0xF0, 0x23, 0})), "section 11"},
		{"data without end", asm.Cat(loop().Bytes(), asm.Section(11, []byte{0x93, 0x93, 0x93, 0x39, 0, 0, 0, 0})), "section 11"},
		{"many parameters", with(func(m *asm.Module) { m.Type(strings.Repeat("i", 101), "") }), "at most 100"},
		{"many results", with(func(m *asm.Module) { m.Type("", strings.Repeat("i", 101)) }), "at most 100"},
		{"long name of an export", with(func(m *asm.Module) { m.Export(strings.Repeat("x", 101), 0) }), "a name of 101 bytes"},
		{"long name of an import", func() []byte {
			m := &asm.Module{}
			m.Import("a", strings.Repeat("x", 101), "", "")
			return m.Bytes()
		}(), "a name of 101 bytes"},
		{"long name of an import's module", func() []byte {
			m := &asm.Module{}
			m.Import(strings.Repeat("x", 101), "b", "", "")
			return m.Bytes()
		}(), "a name of 101 bytes"},
		{"locals without end", with(func(m *asm.Module) { m.RawFunc("", "", asm.Cat([]byte{1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F, 0x0B})) }), "locals"},
		{"code after the end", with(func(m *asm.Module) { m.RawFunc("", "", []byte{0, 0x0B, 0x01}) }), "do not end"},
		{"no end", with(func(m *asm.Module) { m.RawFunc("", "", []byte{0, 0x02, 0x40, 0x0B}) }), "do not end"},
		{"long number", with(func(m *asm.Module) { m.RawFunc("", "", []byte{0, 0x20, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x0B}) }), "too long"},
		{"block type with a sign of its own", with(func(m *asm.Module) {
			m.RawFunc("", "", []byte{0, 0x02, 0x80, 0x80, 0x80, 0x80, 0x40, 0x0B, 0x0B})
		}), "too long"},
		{"count that ends in the middle", asm.Cat(asm.Header(), []byte("\x06\x08\x0200\x0e\xff\xff\x87\xff")), "it is truncated"},
		{"count past the end", asm.Cat(asm.Header(), asm.Section(1, []byte{0xFF, 0xFF, 0xFF, 0xFF, 0x0F})), "it is truncated"},
		{"large table", with(func(m *asm.Module) { m.Table(101, 0) }), "at most 100"},
		{"many functions", with(func(m *asm.Module) {
			for range 100 {
				m.Func("", "")
			}
		}), "at most 100"},
		{"many globals", with(func(m *asm.Module) {
			for range 101 {
				m.Global("i", false, asm.I32(0))
			}
		}), "at most 100"},
		{"many exports", with(func(m *asm.Module) {
			for n := range 100 {
				m.Export(strings.Repeat("x", n), 0)
			}
		}), "at most 100"},
		{"many imports", func() []byte {
			m := &asm.Module{}
			for range 101 {
				m.Import("a", "b", "", "")
			}
			return m.Bytes()
		}(), "at most 100"},
		{"much data", with(func(m *asm.Module) { m.Data(0, strings.Repeat("x", 1000)) }), "at most 1000"},
		{"large body", with(func(m *asm.Module) { m.Func("", "", asm.Repeat(10_000, asm.Op(asm.Nop))) }), "split the function"},
		{"many locals", with(func(m *asm.Module) { m.FuncLocals("", "", strings.Repeat("i", 1001)) }), "more than 1000 locals"},
		{"many blocks", with(func(m *asm.Module) { m.Func("", "", asm.Repeat(101, asm.Block())) }), "more than 100 blocks"},
		{"wide br_table", with(func(m *asm.Module) {
			m.Func("", "", asm.I32(0), asm.Cat([]byte{0x0E}, asm.U(101), make([]byte, 102)))
		}), "more than 100 branches"},
		{"many sections", asm.Cat(asm.Header(), asm.Repeat(maxSections+1, asm.Section(0, []byte{0}))), "sections"},
	} {
		if _, err := Rewrite(test.module, roomy); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

func TestRewrite_notes(t *testing.T) {
	m := loop()
	m.Global("i", true, asm.I32(1))
	m.Global("i", false, asm.I32(2))
	m.Global("I", true, asm.I64(3))
	for _, stateful := range []bool{false, true} {
		if stateful {
			m.Table(1, 1)
			m.Func("", "", asm.RefNull(), asm.I32(1), asm.TableGrow(), asm.Op(asm.Drop))
		}
		out, err := Rewrite(m.Bytes(), roomy)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.LastIndex(out, []byte(Section))
		notes, err := ReadNotes(out[at+len(Section):])
		if err != nil || notes.Stateful != stateful || strings.Join(notes.Globals, " ") != "cardea:0 cardea:2" {
			t.Errorf("notes %+v, %v", notes, err)
		}
	}
	if _, err := ReadNotes([]byte{Version + 1, 0, 0}); err == nil {
		t.Error("notes of another version were read")
	}
	if _, err := ReadNotes(nil); err == nil {
		t.Error("no notes were read")
	}
}

// TestRewrite_tableCeiling: a table without a maximum gets one, a low one is kept.
func TestRewrite_tableCeiling(t *testing.T) {
	for ceiling, want := range map[uint32][]byte{0: {0x70, 1, 2, 100}, 5: {0x70, 1, 2, 5}, 5000: {0x70, 1, 2, 100}} {
		m := loop()
		m.Table(2, ceiling)
		out, err := Rewrite(m.Bytes(), roomy)
		if err != nil || !bytes.Contains(out, asm.Section(4, append([]byte{1}, want...))) {
			t.Errorf("ceiling %d: %v, want %x in %x", ceiling, err, want, out)
		}
	}
}

// FuzzRewrite: any input is an error or a module that cannot be rewritten again. A valid
// module stays valid, and the result is deterministic.
func FuzzRewrite(f *testing.F) {
	f.Add(loop().Bytes())
	m := loop()
	m.Global("i", true, asm.I32(1))
	m.Table(2, 0)
	m.Element(0, 0)
	m.Data(0, "data")
	m.FuncLocals("iI", "i", "ff", asm.Block(asm.Loop(asm.Local(0), asm.BrIf(1), asm.Br(0))), asm.I32(1), asm.MemoryGrow())
	f.Add(m.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := Rewrite(data, roomy)
		if err != nil {
			return
		}
		if again, err := Rewrite(data, roomy); err != nil || !bytes.Equal(out, again) {
			t.Error("the same module gave different results")
		}
		if _, err := Rewrite(out, roomy); err == nil {
			t.Error("a metered module was metered again")
		}
		if before, after := validate(data), validate(out); before == nil && after != nil {
			t.Errorf("valid before, and afterwards %v", after)
		}
	})
}

// validate makes wazero validate a module without compiling it to machine code.
func validate(module []byte) error {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithMemoryLimitPages(64))
	defer rt.Close(ctx)
	_, err := rt.CompileModule(ctx, module)
	return err
}

// TestRewrite_frames: a function's entry is charged for its frame: locals, parameters,
// results, and values kept across calls.
func TestRewrite_frames(t *testing.T) {
	push := func(n int) []byte { return asm.Repeat(n, asm.I32(0)) }
	drop := func(n int) []byte { return asm.Repeat(n, asm.Op(asm.Drop)) }
	branches := asm.Cat(push(8), asm.If(push(8), asm.Br(0)), drop(7), asm.Call(0))
	for _, test := range []struct {
		name                    string
		params, results, locals string
		body                    []byte
		places                  int64
	}{
		{"nothing", "", "", "", nil, 0},
		{"locals", "", "", "iIfF", nil, 4},
		{"parameters and locals", "iiii", "", "ii", nil, 6},
		{"results", "", "iiiiii", "", push(6), 6},
		{"values without a call", "", "", "", asm.Cat(push(8), drop(8)), 0},
		{"values at a call", "", "", "", asm.Cat(push(8), asm.Call(0), drop(8)), 8},
		{"values after a call", "", "", "", asm.Cat(asm.Call(0), push(8), drop(8)), 0},
		{"values around a block with a call", "", "", "", asm.Cat(push(8), asm.Block(asm.Call(0)), drop(8)), 8},
		{"arguments and results", "", "", "", asm.Cat(push(6), asm.Call(1), drop(4)), 10},
		{"a call through a table", "", "", "", asm.Cat(push(7), asm.CallIndirect(1), drop(4)), 10},
		{"what a branch has left behind", "", "", "", branches, 0},
		{"what arithmetic has used up", "", "", "", asm.Cat(push(8), asm.Repeat(7, asm.Op(asm.Add)), asm.Call(0), drop(1)), 1},
	} {
		m := &asm.Module{}
		m.Import("a", "b", "", "")
		m.Import("a", "c", "iiiiii", "iiii") // type 1
		m.Table(1, 0)
		m.FuncLocals(test.params, test.results, test.locals, test.body)
		p, err := parse(m.Bytes(), roomy)
		if err != nil {
			t.Fatal(err)
		}
		typ := p.types[p.funcs[0]]
		f := &function{module: p, params: typ.params, results: typ.results, limits: roomy}
		r := &reader{data: p.sections[len(p.sections)-1].content}
		r.count()
		if err := f.meter(r.take(r.u32())); err != nil {
			t.Fatalf("%s: meter: %v", test.name, err)
		}
		if got := f.edits[0].units - callUnits - 1; got != test.places*perPlace {
			t.Errorf("%s: %d units for the frame, want %d", test.name, got, test.places*perPlace)
		}
	}
}

// TestReader_truncated: a truncated number reads as zero, so that no loop runs as often as
// it says.
func TestReader_truncated(t *testing.T) {
	for _, test := range []struct {
		name string
		read func(*reader) int64
	}{
		{"u32", func(r *reader) int64 { return int64(r.u32()) }},
		{"s33", func(r *reader) int64 { return r.s33() }},
		{"count", func(r *reader) int64 { return int64(r.count()) }},
	} {
		r := &reader{data: []byte{0xFF, 0xFF, 0x87}}
		if got := test.read(r); got != 0 || r.err != errEnd {
			t.Errorf("%s: got %d, %v, want 0 and %v", test.name, got, r.err, errEnd)
		}
	}
}
