package meter

import (
	"encoding/binary"
	"fmt"
)

// Section IDs.
const (
	secCustom   = 0
	secType     = 1
	secImport   = 2
	secFunction = 3
	secTable    = 4
	secMemory   = 5
	secGlobal   = 6
	secExport   = 7
	secStart    = 8
	secElement  = 9
	secCode     = 10
	secData     = 11

	secDataCount = 12
)

// section is a section of the module, not decoded.
type section struct {
	id      byte
	content []byte
}

// module holds the parts of a module that the rewriting needs.
type module struct {
	sections []section
	types    []signature
	funcs    []int // type of each defined function
	imports  []int // type of each imported function
	globals  []global
	tables   []table
	refs     map[byte][]ref // by section: references to functions
}

// ref is the position of a function index in a section.
type ref struct {
	pos, end int
	index    uint32
}

type signature struct {
	params  int
	results []byte
}

type global struct {
	typ     byte
	mutable bool
}

type table struct {
	ref      byte
	min, max uint32
	hasMax   bool
}

const (
	magic       = "\x00asm\x01\x00\x00\x00"
	maxSections = 1000 // twelve are defined, the others are custom sections
)

// parse splits a module into sections and decodes those that the rewriting needs.
func parse(data []byte, l Limits) (*module, error) {
	if len(data) < len(magic) || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("not a WebAssembly 1.0 module")
	}
	m := &module{refs: map[byte][]ref{}}
	r := &reader{data: data, pos: len(magic)}
	seen := [secDataCount + 1]bool{}
	for r.more() {
		if len(m.sections) == maxSections {
			return nil, fmt.Errorf("more than %d sections", maxSections)
		}
		s := section{id: r.byte()}
		s.content = r.take(r.u32())
		if r.err != nil {
			break
		}
		if s.id > secDataCount || s.id != secCustom && seen[s.id] {
			return nil, fmt.Errorf("section %d is unknown or duplicate", s.id)
		}
		seen[s.id] = true
		if err := m.read(s, l); err != nil {
			return nil, fmt.Errorf("section %d: %w", s.id, err)
		}
		m.sections = append(m.sections, s)
	}
	return m, r.err
}

func (m *module) read(s section, l Limits) error {
	r := &reader{data: s.content}
	switch s.id {
	case secCustom:
		if r.name() == Section && r.err == nil {
			r.failf("it has a custom section %q, which belongs to the host", Section)
		}
		return r.err
	case secType:
		m.readTypes(r, l)
	case secImport:
		m.readImports(r, l)
	case secFunction:
		m.readFunctions(r, l)
	case secTable:
		m.readTables(r, l)
	case secGlobal:
		m.readGlobals(r, l)
	case secExport:
		m.readExports(r, l)
	case secElement:
		m.checkElements(r)
	case secData:
		if len(s.content) > l.DataBytes {
			return fmt.Errorf("data of %d bytes, at most %d are allowed", len(s.content), l.DataBytes)
		}
		m.checkData(r)
	case secDataCount:
		r.u32()
	case secStart:
		return fmt.Errorf("it has a start section, which runs before it can be bounded: export _initialize instead")
	}
	return r.err
}

func (m *module) readTypes(r *reader, l Limits) {
	n := r.count()
	if n > l.Types {
		r.failf("%d types, at most %d are allowed", n, l.Types)
	}
	for range n {
		if r.byte() != 0x60 {
			r.failf("a type that is not a function type")
		}
		params := r.count()
		r.take(uint32(params))
		results := r.take(uint32(r.count()))
		if most := max(params, len(results)); most > l.Values {
			r.failf("a type of %d parameters or results, at most %d are allowed", most, l.Values)
		}
		if r.err != nil {
			return
		}
		m.types = append(m.types, signature{params, results})
	}
}

func (m *module) readImports(r *reader, l Limits) {
	n := r.count()
	if n > l.Imports {
		r.failf("%d imports, at most %d are allowed", n, l.Imports)
	}
	for range n {
		from, name := r.shortName(l), r.shortName(l)
		if from == Host && r.err == nil {
			r.failf("it imports %s.%s: that module belongs to the host", from, name)
		}
		if kind := r.byte(); r.err == nil && kind != 0 {
			r.failf("it imports %s.%s, which is not a function: only functions can be imported", from, name)
		}
		m.imports = append(m.imports, int(r.u32()))
		if r.err != nil {
			return
		}
	}
}

// funcType returns the type index of a function; -1 if there is no such function.
func (m *module) funcType(index uint32) int {
	switch n := int64(index) - int64(len(m.imports)); {
	case n < 0:
		return m.imports[index]
	case n < int64(len(m.funcs)):
		return m.funcs[n]
	}
	return -1
}

func (m *module) readFunctions(r *reader, l Limits) {
	n := r.count()
	if n > l.Functions {
		r.failf("%d functions, at most %d are allowed", n, l.Functions)
	}
	for range n {
		typ := int(r.u32())
		if r.err == nil && typ >= len(m.types) {
			r.failf("a function of type %d, there are %d", typ, len(m.types))
		}
		if r.err != nil {
			return
		}
		m.funcs = append(m.funcs, typ)
	}
}

func (m *module) readTables(r *reader, l Limits) {
	total := uint64(0)
	for range r.count() {
		t := table{ref: r.byte()}
		flag := r.byte()
		if flag > 1 {
			r.failf("a table with unknown limits")
		}
		t.min = r.u32()
		if t.hasMax = flag == 1; t.hasMax {
			t.max = r.u32()
		}
		if r.err != nil {
			return
		}
		m.tables = append(m.tables, t)
		total += uint64(t.min)
	}
	if total > uint64(l.TableEntries) {
		r.failf("tables of %d entries, at most %d are allowed", total, l.TableEntries)
	}
}

func (m *module) readGlobals(r *reader, l Limits) {
	n := r.count()
	if n > l.Globals {
		r.failf("%d globals, at most %d are allowed", n, l.Globals)
	}
	for range n {
		g := global{typ: r.byte(), mutable: r.byte() == 1}
		m.constant(r, secGlobal)
		if r.err != nil {
			return
		}
		m.globals = append(m.globals, g)
	}
}

func (m *module) readExports(r *reader, l Limits) {
	n := r.count()
	if n > l.Exports {
		r.failf("%d exports, at most %d are allowed", n, l.Exports)
	}
	for range n {
		if name := r.shortName(l); len(name) >= len(Reserved) && name[:len(Reserved)] == Reserved {
			r.failf("it exports %q: names that begin with %q belong to the host", name, Reserved)
		}
		if kind := r.byte(); kind == 0 {
			m.refer(r, secExport)
		} else {
			r.u32()
		}
		if r.err != nil {
			return
		}
	}
}

func appendU32(out []byte, n uint32) []byte { return binary.AppendUvarint(out, uint64(n)) }

// appendS64 appends a signed LEB128.
func appendS64(out []byte, n int64) []byte {
	for {
		low := byte(n & 0x7F)
		n >>= 7
		if n == 0 && low&0x40 == 0 || n == -1 && low&0x40 != 0 {
			return append(out, low)
		}
		out = append(out, low|0x80)
	}
}

func appendSection(out []byte, id byte, content []byte) []byte {
	out = appendU32(append(out, id), uint32(len(content)))
	return append(out, content...)
}

func appendName(out []byte, name string) []byte {
	return append(appendU32(out, uint32(len(name))), name...)
}
