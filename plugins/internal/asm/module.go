package asm

import "slices"

// Module is a module under construction. Imports must come before functions.
type Module struct {
	types    [][]byte
	imports  [][]byte
	funcs    [][]byte
	bodies   [][]byte
	tables   [][]byte
	memories [][]byte
	globals  [][]byte
	exports  [][]byte
	elements [][]byte
	data     [][]byte
	passive  bool // a data segment is passive: memory.init copies it
	start    []byte
	custom   []byte
	nFuncs   uint32
}

// Hook returns a module that implements the ABI: a memory of one page, the marker, and
// one hook with this body.
func Hook(export string, body ...[]byte) *Module {
	m := &Module{}
	m.Memory(1, 0)
	m.Marker()
	m.Export(export, m.Func("", "i", body...))
	return m
}

// Marker adds the export that marks the ABI version.
func (m *Module) Marker() { m.Export("hook_abi_v1", m.Func("", "")) }

// Import adds a function import and returns its index. Letters: i is i32, I i64, f f32, F
// f64, r funcref.
func (m *Module) Import(module, name, params, results string) uint32 {
	m.imports = append(m.imports, Cat(text(module), text(name), []byte{0}, U(m.typ(params, results))))
	m.nFuncs++
	return m.nFuncs - 1
}

// Func adds a function and returns its index. The body has no final end.
func (m *Module) Func(params, results string, body ...[]byte) uint32 {
	return m.FuncLocals(params, results, "", body...)
}

// FuncLocals is Func with local variables.
func (m *Module) FuncLocals(params, results, locals string, body ...[]byte) uint32 {
	declared := U(uint32(len(locals)))
	for _, t := range types(locals) {
		declared = Cat(declared, U(1), []byte{t})
	}
	return m.RawFunc(params, results, Cat(declared, Cat(body...), []byte{0x0B}))
}

// RawFunc adds a function with encoded locals and code.
func (m *Module) RawFunc(params, results string, body []byte) uint32 {
	m.funcs = append(m.funcs, U(m.typ(params, results)))
	m.bodies = append(m.bodies, Cat(U(uint32(len(body))), body))
	m.nFuncs++
	return m.nFuncs - 1
}

// Type adds a function type if it is new and returns its index.
func (m *Module) Type(params, results string) uint32 { return m.typ(params, results) }

func (m *Module) typ(params, results string) uint32 {
	p, r := types(params), types(results)
	entry := Cat([]byte{0x60}, U(uint32(len(p))), p, U(uint32(len(r))), r)
	if i := slices.IndexFunc(m.types, func(t []byte) bool { return slices.Equal(t, entry) }); i >= 0 {
		return uint32(i)
	}
	m.types = append(m.types, entry)
	return uint32(len(m.types) - 1)
}

// Export exports a function.
func (m *Module) Export(name string, index uint32) {
	m.exports = append(m.exports, Cat(text(name), []byte{0}, U(index)))
}

// ExportGlobal exports a global.
func (m *Module) ExportGlobal(name string, index uint32) {
	m.exports = append(m.exports, Cat(text(name), []byte{3}, U(index)))
}

// Memory adds a memory and exports it; max 0 means no maximum.
func (m *Module) Memory(min, max uint32) {
	m.exports = append(m.exports, Cat(text("memory"), []byte{2}, U(uint32(len(m.memories)))))
	m.PrivateMemory(min, max)
}

// PrivateMemory adds a memory.
func (m *Module) PrivateMemory(min, max uint32) { m.memories = append(m.memories, limits(min, max)) }

// ImportMemory imports a memory.
func (m *Module) ImportMemory(module, name string) {
	m.imports = append(m.imports, Cat(text(module), text(name), []byte{2}, limits(1, 0)))
}

// Table adds a table of functions; max 0 means no maximum.
func (m *Module) Table(min, max uint32) {
	m.tables = append(m.tables, Cat([]byte{0x70}, limits(min, max)))
}

// Element puts functions into table 0, starting at offset.
func (m *Module) Element(offset int32, funcs ...uint32) {
	e := Cat(U(0), I32(offset), []byte{0x0B}, U(uint32(len(funcs))))
	for _, f := range funcs {
		e = Cat(e, U(f))
	}
	m.elements = append(m.elements, e)
}

// RawElement adds an encoded element segment.
func (m *Module) RawElement(segment ...[]byte) { m.elements = append(m.elements, Cat(segment...)) }

// Global adds an i32 (i) or i64 (I) global and returns its index.
func (m *Module) Global(letter string, mutable bool, init []byte) uint32 {
	flag := byte(0)
	if mutable {
		flag = 1
	}
	m.globals = append(m.globals, Cat(types(letter), []byte{flag}, init, []byte{0x0B}))
	return uint32(len(m.globals) - 1)
}

// Data puts bytes into memory at offset.
func (m *Module) Data(offset int32, content string) {
	m.data = append(m.data, Cat(U(0), I32(offset), []byte{0x0B}, text(content)))
}

// PassiveData adds a segment for memory.init and returns its index.
func (m *Module) PassiveData(content string) uint32 {
	m.passive = true
	m.data = append(m.data, Cat(U(1), text(content)))
	return uint32(len(m.data) - 1)
}

// PassiveElement adds a segment for table.init and returns its index.
func (m *Module) PassiveElement(funcs ...uint32) uint32 {
	e := Cat(U(1), []byte{0}, U(uint32(len(funcs))))
	for _, f := range funcs {
		e = Cat(e, U(f))
	}
	m.elements = append(m.elements, e)
	return uint32(len(m.elements) - 1)
}

// Start sets the start function.
func (m *Module) Start(index uint32) { m.start = U(index) }

// Custom adds a custom section.
func (m *Module) Custom(name, content string) {
	m.custom = Cat(m.custom, Section(0, Cat(text(name), []byte(content))))
}

// Bytes returns the encoded module.
func (m *Module) Bytes() []byte {
	out := Cat(Header(), m.custom)
	for _, s := range []struct {
		id   byte
		list [][]byte
	}{{1, m.types}, {2, m.imports}, {3, m.funcs}, {4, m.tables}, {5, m.memories}, {6, m.globals}, {7, m.exports}} {
		out = Cat(out, vector(s.id, s.list))
	}
	if m.start != nil {
		out = Cat(out, Section(8, m.start))
	}
	out = Cat(out, vector(9, m.elements))
	if m.passive {
		out = Cat(out, Section(12, U(uint32(len(m.data)))))
	}
	return Cat(out, vector(10, m.bodies), vector(11, m.data))
}

func vector(id byte, list [][]byte) []byte {
	if len(list) == 0 {
		return nil
	}
	return Section(id, Cat(U(uint32(len(list))), Cat(list...)))
}

func limits(min, max uint32) []byte {
	if max == 0 {
		return Cat([]byte{0}, U(min))
	}
	return Cat([]byte{1}, U(min), U(max))
}

func types(letters string) []byte {
	codes := map[rune]byte{'i': 0x7F, 'I': 0x7E, 'f': 0x7D, 'F': 0x7C, 'r': 0x70}
	var out []byte
	for _, c := range letters {
		out = append(out, codes[c])
	}
	return out
}
