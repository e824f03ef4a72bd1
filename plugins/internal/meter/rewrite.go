package meter

import (
	"fmt"
	"strconv"
)

// Version changes whenever the same input gives a different output, so that old cache
// entries are not used.
const Version = 13

// Reserved is the prefix of the exports that the rewriting adds.
const Reserved = "cardea:"

// Fuel is the export of the tank, a mutable i64. It starts at 0; the host fills it before
// each call, with at most [Slice].
const Fuel = Reserved + "fuel"

// Slice is the capacity of the tank. When it is empty the guest calls the host for more,
// and a pending garbage collection can start. So a collection waits at most one slice:
// with the slowest instructions, loads that miss every cache, about 8 ms. The host gives
// smaller slices to such slow guests.
const Slice = 1_000

// Limits bounds what a module may declare.
type Limits struct {
	Types, Imports, Functions, Globals, Exports int

	Values       int // parameters or results of one type
	NameBytes    int // of the name of one import or export
	TableEntries int // in all tables, including growth
	DataBytes    int // in all data segments

	// Limits of one function. Compile time grows with the square of some of them.
	BodyBytes, Locals int
	Blocks            int // blocks, loops and ifs
	Targets           int // of all its br_table instructions
}

// Scan checks a module against the limits, in time linear in its size. It does not
// validate, and accepts modules that are not validated.
func Scan(data []byte, l Limits) error {
	m, err := parse(data, l)
	if err != nil {
		return err
	}
	_, err = m.code(l)
	return err
}

// Notes is what a host must know about a rewritten module. They are stored in its custom
// section [Section].
type Notes struct {
	// Globals are the exports of the mutable globals, without fuel.
	Globals []string
	// Stateful reports that an instance has state outside memory and globals: the code
	// changes tables, drops segments, or keeps references in globals.
	Stateful bool
}

// Rewrite meters a module. The error says what cannot be metered, where the module is
// truncated, or which limit it exceeds.
func Rewrite(data []byte, l Limits) ([]byte, error) {
	m, err := parse(data, l)
	if err != nil {
		return nil, err
	}
	code, err := m.code(l)
	if err != nil {
		return nil, err
	}
	notes := Notes{Stateful: code.stateful}
	for i, g := range m.globals {
		if !g.mutable {
			continue
		}
		if g.typ < 0x7C || g.typ > 0x7F {
			notes.Stateful = true // a reference cannot be saved as a number
			continue
		}
		notes.Globals = append(notes.Globals, Reserved+strconv.Itoa(i))
	}
	out := m.assemble(code.section, notes.Globals, l)
	return appendSection(out, secCustom, notes.append(appendName(nil, Section))), nil
}

// order is the order of the sections.
var order = [...]byte{secType, secImport, secFunction, secTable, secMemory, secGlobal, secExport, secElement, secDataCount, secCode, secData}

// assemble encodes the module from its sections, without custom sections (see [Strip]).
func (m *module) assemble(code []byte, globals []string, l Limits) []byte {
	content := map[byte][]byte{}
	for _, s := range m.sections {
		content[s.id] = m.renumbered(s)
	}
	if m.refills() {
		m.addRefill(content)
	}
	content[secGlobal] = m.globalSection(content[secGlobal])
	content[secExport] = m.exportSection(content[secExport], globals)
	if content[secTable] != nil {
		content[secTable] = m.tableSection(l)
	}
	if content[secCode] != nil {
		content[secCode] = code
	}
	out := append(make([]byte, 0, len(code)*2), magic...)
	for _, id := range order {
		if c := content[id]; c != nil {
			out = appendSection(out, id, c)
		}
	}
	return out
}

// rest returns the bytes after a vector's length; nil for a section that is absent.
func rest(content []byte) []byte {
	r := &reader{data: content}
	r.u32()
	return content[r.pos:]
}

func (m *module) globalSection(old []byte) []byte {
	out := appendU32(nil, uint32(len(m.globals)+1))
	if old != nil {
		out = append(out, rest(old)...)
	}
	return append(out, 0x7E, 1, opI64Const, 0, opEnd)
}

func (m *module) exportSection(old []byte, globals []string) []byte {
	n, entries := uint32(0), []byte(nil)
	if old != nil {
		n, entries = (&reader{data: old}).u32(), rest(old)
	}
	out := append(appendU32(nil, n+uint32(len(globals))+1), entries...)
	for _, name := range globals {
		index, _ := strconv.Atoi(name[len(Reserved):])
		out = appendU32(append(appendName(out, name), 3), uint32(index))
	}
	return appendU32(append(appendName(out, Fuel), 3), uint32(len(m.globals)))
}

// tableSection sets a maximum on every table.
func (m *module) tableSection(l Limits) []byte {
	out := appendU32(nil, uint32(len(m.tables)))
	for _, t := range m.tables {
		ceiling := uint32(l.TableEntries)
		if t.hasMax {
			ceiling = min(ceiling, t.max)
		}
		out = appendU32(appendU32(append(out, t.ref, 1), t.min), max(ceiling, t.min))
	}
	return out
}

type metered struct {
	section  []byte
	stateful bool
}

// code meters every function body.
func (m *module) code(l Limits) (metered, error) {
	out := metered{section: []byte{0}}
	for _, s := range m.sections {
		if s.id != secCode {
			continue
		}
		r := &reader{data: s.content}
		n := r.count()
		if r.err == nil && n != len(m.funcs) {
			r.failf("%d bodies for %d functions", n, len(m.funcs))
		}
		out.section = appendU32(make([]byte, 0, len(s.content)*5/4), uint32(n))
		for i := 0; i < n && r.err == nil; i++ {
			t := m.types[m.funcs[i]]
			f := &function{module: m, params: t.params, results: t.results, globals: len(m.globals), refill: uint32(len(m.imports)), limits: l}
			if err := f.meter(r.take(r.u32())); r.err == nil && err != nil {
				return out, fmt.Errorf("function %d: %w", len(m.imports)+i, err)
			}
			out.section = f.append(out.section)
			out.stateful = out.stateful || f.stateful
		}
		return out, r.err
	}
	return out, nil
}
