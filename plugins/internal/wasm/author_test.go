package wasm

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strings"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

// dice are choices: first the given bytes, then a generator seeded with them, so that a
// fuzzer can change each one.
type dice struct {
	given []byte
	rest  *rand.Rand
}

func newDice(given []byte) *dice {
	seed := sha256.Sum256(given)
	return &dice{given, rand.New(rand.NewPCG(binary.LittleEndian.Uint64(seed[:]), 1))}
}

// below returns a number from 0 to n-1; n is at most 256.
func (d *dice) below(n int) int {
	if len(d.given) == 0 {
		return d.rest.IntN(n)
	}
	b := d.given[0]
	d.given = d.given[1:]
	return int(b) % n
}

func (d *dice) word() int { return d.below(256)<<8 | d.below(256) }

// number returns a small, a boundary or any number.
func (d *dice) number() int64 {
	switch d.below(4) {
	case 0:
		return int64(d.below(16)) - 2
	case 1:
		return []int64{1<<31 - 1, -1 << 31, 1<<63 - 1, -1 << 63, 65535, 65536, 255}[d.below(7)]
	}
	return int64(d.word())<<48 | int64(d.word())<<20 | int64(d.word())
}

// The layout of every program that an author writes.
const (
	steps    = 0 // a global: remaining function entries and loop iterations
	tables   = 2
	entries  = 6  // of each table, which may grow to twice the size
	passive  = 2  // segments of data, and of elements, after an active one
	budget   = 90 // parts of a function
	maxSteps = 400
)

// kind is a function's or a block's type.
type kind struct{ params, results string }

// author writes random programs that use everything that the meter must rewrite. They are
// valid, and end because every entry and iteration takes one of a few steps. Values that
// differ between platforms, such as the bits of a NaN, are not returned.
type author struct {
	*dice
	m     *asm.Module
	funcs []kind

	own    kind     // of the function that is being written
	locals string   // its parameters and locals
	labels []string // the operands of a branch, innermost label last
	left   int      // of the budget
}

func randomProgram(choices []byte) []byte {
	m := &asm.Module{}
	a := &author{dice: newDice(choices), m: m}
	for _, f := range []struct{ name, params string }{{"sched_yield", ""}, {"clock_res_get", "ii"}} {
		m.Import(wasiModule, f.name, f.params, "i")
		a.funcs = append(a.funcs, kind{f.params, "i"})
	}
	m.Memory(1, 4)
	for range tables {
		m.Table(entries, 2*entries)
	}
	m.Global("i", true, asm.I32(maxSteps))
	m.Global("i", true, asm.I32(int32(a.number())))
	m.Global("I", true, asm.I64(a.number()))
	m.Global("F", true, []byte{0x44, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F})
	for n, name := range []string{"g0", "g1", "g2"} {
		m.ExportGlobal(name, uint32(n))
	}
	for range 1 + a.below(5) {
		a.function(kind{a.types(3), a.types(4)})
	}
	m.Export("run", a.function(kind{"", "i"}))
	m.Export("peek", peek(m))
	var all []uint32
	for n := range a.funcs {
		all = append(all, uint32(n))
	}
	m.Element(0, all[len(all)/2:]...)
	m.Data(int32(a.word()%60000), strings.Repeat("data", 1+a.below(9)))
	for n := range passive {
		m.PassiveElement(all[n:]...)
		m.PassiveData(strings.Repeat("more", 5*n+3))
	}
	return m.Bytes()
}

// peek returns which entries of the tables are empty.
func peek(m *asm.Module) uint32 {
	var code []byte
	for t := range byte(tables) {
		code = asm.Cat(code, asm.I32(0), asm.SetLocal(0), asm.Loop(
			asm.Local(1), asm.I32(3), asm.Op(asm.Mul), asm.Local(0), []byte{0x25, t, 0xD1}, asm.Op(asm.Add), asm.SetLocal(1),
			countUp, []byte{0xFC, 16, t}, asm.Op(asm.LtU), asm.BrIf(0)))
	}
	return m.FuncLocals("", "i", "ii", code, asm.Local(1))
}

func (a *author) types(n int) string {
	text := ""
	for range a.below(n) {
		text += string(a.typ())
	}
	return text
}

func (a *author) typ() byte { return "iIF"[a.below(3)] }

func (a *author) function(k kind) uint32 {
	a.own, a.locals, a.labels, a.left = k, k.params+"iiIFr", []string{k.results}, budget
	code := asm.Cat(a.step(), asm.If(a.defaults(k.results), asm.Op(asm.Return)), a.statements(4), a.values(k.results, 3))
	a.funcs = append(a.funcs, k)
	return a.m.FuncLocals(k.params, k.results, "iiIFr", code)
}

// step takes a step and pushes whether none was left.
func (a *author) step() []byte {
	return asm.Cat(asm.Global(steps), asm.I32(1), asm.Op(asm.Sub), asm.SetGlobal(steps), asm.Global(steps), asm.I32(0), asm.Op(0x48))
}

func (a *author) statements(depth int) []byte {
	var out []byte
	for range a.below(6) {
		out = asm.Cat(out, a.statement(depth))
	}
	return out
}

// statement leaves the stack as it was.
func (a *author) statement(depth int) []byte {
	if a.left--; depth == 0 || a.left < 0 {
		return a.assign(0)
	}
	switch a.below(18) {
	case 0:
		return asm.Cat(a.address(), a.value('i', depth-1), []byte{0x36, 2, 0})
	case 1:
		return asm.Cat(a.address(), a.value('I', depth-1), []byte{[]byte{0x37, 0x3C, 0x3E}[a.below(3)], 0, byte(a.below(100))})
	case 2:
		return asm.Cat(a.value('i', depth-1), a.enclose(0x04, kind{}, depth))
	case 3, 4:
		k := kind{a.types(3), a.types(3)}
		return asm.Cat(a.values(k.params, depth-1), a.enclose(0x02, k, depth), a.discard(k.results))
	case 5, 6, 7:
		k := kind{a.types(2), a.types(3)}
		return asm.Cat(a.values(k.params, depth-1), a.enclose(0x03, k, depth), a.discard(k.results))
	case 8:
		return a.branchIf(depth)
	case 9:
		return asm.Cat(a.value('i', depth-1), a.inside(kind{}, func() []byte { return asm.If(a.leave(depth)) }))
	case 10, 11:
		return a.bulk()
	case 12, 13:
		return a.tableWork(depth)
	case 14, 15:
		return a.call(depth)
	case 16:
		return asm.Cat(asm.I32(int32(a.below(3))), asm.MemoryGrow(), asm.Op(asm.Drop))
	}
	return a.assign(depth - 1)
}

func (a *author) assign(depth int) []byte {
	t := a.typ()
	if n := a.below(4); n == 0 {
		return asm.Cat(a.value(t, depth), asm.SetGlobal(uint32(1+strings.IndexByte("iIF", t))))
	}
	return asm.Cat(a.value(t, depth), asm.SetLocal(a.local(t)))
}

// local returns a local of the type; there always is one.
func (a *author) local(t byte) uint32 {
	from := a.below(len(a.locals))
	for n := range a.locals {
		if at := (from + n) % len(a.locals); a.locals[at] == t {
			return uint32(at)
		}
	}
	panic("no local of the type")
}

// enclose writes a block, loop or if, whose parameters are on the stack.
func (a *author) enclose(op byte, k kind, depth int) []byte {
	label := k.results
	if op == 0x03 {
		label = k.params
	}
	typ := asm.S(int64(a.m.Type(k.params, k.results)))
	if k.params == "" && len(k.results) == 0 {
		typ = []byte{0x40}
	}
	a.labels = append(a.labels, label)
	defer func() { a.labels = a.labels[:len(a.labels)-1] }()
	body := a.discard(k.params)
	if op == 0x03 {
		body = asm.Cat(body, a.turn(k))
	}
	body = asm.Cat(body, a.statements(depth-1), a.values(k.results, depth-1))
	if op == 0x04 && a.below(2) == 0 {
		body = asm.Cat(body, []byte{0x05}, a.statements(depth-1))
	}
	return asm.Cat([]byte{op}, typ, body, []byte{0x0B})
}

// turn returns from the function when no steps are left, and sometimes repeats the loop.
func (a *author) turn(k kind) []byte {
	out := asm.Cat(a.step(), asm.If(a.defaults(a.own.results), asm.Op(asm.Return)))
	if a.below(2) == 0 {
		again := asm.Cat(a.defaults(k.params), asm.Global(steps), asm.I32(int32(2+a.below(5))), []byte{0x70}, asm.BrIf(0)) // unless the step divides
		out = asm.Cat(out, again, a.discard(k.params))
	}
	return out
}

// inside writes something in another block.
func (a *author) inside(k kind, write func() []byte) []byte {
	a.labels = append(a.labels, k.results)
	defer func() { a.labels = a.labels[:len(a.labels)-1] }()
	return write()
}

// branchIf continues if it does not branch.
func (a *author) branchIf(depth int) []byte {
	to := a.below(len(a.labels))
	types := a.labels[len(a.labels)-1-to]
	return asm.Cat(a.values(types, depth-1), a.value('i', depth-1), asm.BrIf(uint32(to)), a.discard(types))
}

// leave never continues.
func (a *author) leave(depth int) []byte {
	to := a.below(len(a.labels))
	types := a.labels[len(a.labels)-1-to]
	switch a.below(8) {
	case 0:
		return asm.Op(asm.Unreachable)
	case 1, 2:
		return asm.Cat(a.values(a.own.results, depth-1), asm.Op(asm.Return))
	case 3, 4, 5:
		var targets []byte
		n := 1 + a.below(6)
		for range n {
			targets = asm.Cat(targets, asm.U(uint32(a.alike(types, to))))
		}
		return asm.Cat(a.values(types, depth-1), a.value('i', depth-1), []byte{0x0E}, asm.U(uint32(n-1)), targets)
	}
	return asm.Cat(a.values(types, depth-1), asm.Br(uint32(to)))
}

// alike returns a label with the same operand types.
func (a *author) alike(types string, or int) int {
	if to := a.below(len(a.labels)); a.labels[len(a.labels)-1-to] == types {
		return to
	}
	return or
}

func (a *author) call(depth int) []byte {
	f := a.below(len(a.funcs))
	k := a.funcs[f]
	if a.below(3) > 0 {
		return asm.Cat(a.values(k.params, depth-1), asm.Call(uint32(f)), a.discard(k.results))
	}
	return asm.Cat(a.values(k.params, depth-1), asm.I32(int32(a.below(entries))),
		[]byte{0x11}, asm.U(a.m.Type(k.params, k.results)), []byte{byte(a.below(tables))}, a.discard(k.results))
}

func (a *author) address() []byte {
	if a.below(40) == 0 {
		return asm.I32(int32(a.number()))
	}
	return asm.I32(int32(a.word() % 65000))
}

func (a *author) bulk() []byte {
	size := asm.I32(int32(a.below(200)))
	if a.below(20) == 0 {
		size = asm.I32(int32(a.word()))
	}
	switch a.below(8) {
	case 0, 1, 2:
		return asm.Cat(a.address(), asm.I32(int32(a.below(256))), size, asm.MemoryFill())
	case 3, 4, 5:
		return asm.Cat(a.address(), a.address(), size, asm.MemoryCopy())
	case 6:
		return asm.Cat(a.address(), asm.I32(int32(a.below(4))), asm.I32(int32(a.below(9))), []byte{0xFC, 8, byte(1 + a.below(passive)), 0})
	}
	return []byte{0xFC, 9, byte(1 + a.below(passive))}
}

func (a *author) tableWork(depth int) []byte {
	at := func() []byte { return asm.I32(int32(a.below(entries-1) + a.below(20)/19)) }
	few := func() []byte { return asm.I32(int32(a.below(3))) }
	t := byte(a.below(tables))
	switch a.below(8) {
	case 0, 1:
		return asm.Cat(at(), a.value('r', depth-1), []byte{0x26, t})
	case 2:
		return asm.Cat(at(), a.value('r', depth-1), few(), []byte{0xFC, 17, t})
	case 3:
		return asm.Cat(at(), few(), few(), []byte{0xFC, 12, byte(1 + a.below(passive)), t})
	case 4:
		return asm.Cat(at(), few(), few(), []byte{0xFC, 14, t, byte(a.below(tables))})
	case 5:
		return []byte{0xFC, 13, byte(1 + a.below(passive))}
	case 6:
		return asm.Cat(a.value('r', depth-1), asm.SetLocal(a.local('r')))
	}
	return asm.Cat(a.value('r', depth-1), few(), []byte{0xFC, 15, t}, asm.SetLocal(a.local('i')))
}

func (a *author) values(types string, depth int) []byte {
	var out []byte
	for _, t := range []byte(types) {
		out = asm.Cat(out, a.value(t, depth))
	}
	return out
}

func (a *author) discard(types string) []byte {
	var out []byte
	for n := len(types) - 1; n >= 0; n-- {
		if a.below(2) == 0 {
			out = asm.Cat(out, asm.Op(asm.Drop))
		} else {
			out = asm.Cat(out, asm.SetLocal(a.local(types[n])))
		}
	}
	return out
}

func (a *author) defaults(types string) []byte {
	var out []byte
	for _, t := range []byte(types) {
		out = asm.Cat(out, map[byte][]byte{'i': asm.I32(0), 'I': asm.I64(0), 'F': {0x44, 0, 0, 0, 0, 0, 0, 0, 0}}[t])
	}
	return out
}

// value pushes one of the type.
func (a *author) value(t byte, depth int) []byte {
	if t == 'r' {
		return a.reference()
	}
	if a.left--; depth <= 0 || a.left < 0 {
		return a.atom(t)
	}
	switch a.below(12) {
	case 0:
		return a.enclose(0x02, kind{results: string(t)}, depth-1)
	case 1:
		return a.enclose(0x03, kind{results: string(t)}, depth-1)
	case 2:
		return asm.Cat(a.value('i', depth-1), []byte{0x04, map[byte]byte{'i': 0x7F, 'I': 0x7E, 'F': 0x7C}[t]},
			a.inside(kind{results: string(t)}, func() []byte {
				return asm.Cat(a.value(t, depth-1), []byte{0x05}, a.value(t, depth-1))
			}), []byte{0x0B})
	case 3:
		return asm.Cat(a.value(t, depth-1), a.value(t, depth-1), a.value('i', depth-1), asm.Op(0x1B))
	case 4:
		return asm.Cat(a.value(t, depth-1), []byte{0x22}, asm.U(a.local(t)))
	case 5, 6:
		return a.atom(t)
	}
	return a.compute(t, depth-1)
}

func (a *author) reference() []byte {
	switch a.below(4) {
	case 0:
		return asm.RefNull()
	case 1:
		return asm.Cat(asm.I32(int32(a.below(entries))), []byte{0x25, byte(a.below(tables))})
	case 2:
		return asm.Local(a.local('r'))
	}
	return asm.Cat([]byte{0xD2}, asm.U(uint32(a.below(len(a.funcs)))))
}

func (a *author) atom(t byte) []byte {
	switch a.below(3) {
	case 0:
		return asm.Local(a.local(t))
	case 1:
		return asm.Global(uint32(1 + strings.IndexByte("iIF", t)))
	}
	switch t {
	case 'i':
		return asm.I32(int32(a.number()))
	case 'I':
		return asm.I64(a.number())
	}
	return asm.Cat(asm.I64(a.number()), []byte{0xB9}) // f64.convert_i64_s
}

// operation is an instruction with its operand types.
type operation struct {
	takes string
	code  []byte
}

// operations are grouped by result type; the ranges of opcodes follow.
var operations = map[byte][]operation{
	'i': {
		{"i", []byte{0x45}}, {"i", []byte{0x67}}, {"i", []byte{0xC0}}, {"I", []byte{0x50}}, {"I", []byte{0xA7}},
		{"F", []byte{0xAA}}, {"F", []byte{0xFC, 2}}, {"r", []byte{0xD1}}, {"", []byte{0x3F, 0}},
		{"", []byte{0xFC, 16, 0}}, {"", []byte{0xFC, 16, 1}},
	},
	'I': {{"i", []byte{0xAC}}, {"i", []byte{0xAD}}, {"I", []byte{0x79}}, {"I", []byte{0xC4}}, {"F", []byte{0xFC, 6}}},
	'F': {{"i", []byte{0xB7}}, {"I", []byte{0xB9}}, {"F", []byte{0x9F}}, {"F", []byte{0x99}}},
}

// binaries are the opcodes from from to to that take two operands of a type.
var binaries = map[byte][]struct {
	takes    string
	from, to byte
}{
	'i': {{"ii", 0x6A, 0x78}, {"ii", 0x46, 0x4F}, {"II", 0x51, 0x5A}, {"FF", 0x61, 0x66}},
	'I': {{"II", 0x7C, 0x8A}},
	'F': {{"FF", 0xA0, 0xA5}},
}

func (a *author) compute(t byte, depth int) []byte {
	if a.below(4) == 0 {
		load := map[byte][]byte{'i': {0x28, 0x2C, 0x2D, 0x2F}, 'I': {0x29, 0x31, 0x35}}[t]
		if len(load) > 0 {
			return asm.Cat(a.address(), []byte{load[a.below(len(load))], 0, byte(a.below(100))})
		}
	}
	if a.below(3) == 0 {
		o := operations[t][a.below(len(operations[t]))]
		return asm.Cat(a.values(o.takes, depth), o.code)
	}
	b := binaries[t][a.below(len(binaries[t]))]
	return asm.Cat(a.values(b.takes, depth), asm.Op(b.from+byte(a.below(int(b.to-b.from)+1))))
}
