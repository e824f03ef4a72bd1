package meter

import (
	"fmt"
	"strconv"
)

// Version changes whenever the same input gives another output, so that what was
// cached under the old one is not used.
const Version = 12

// Reserved begins the names of exports that the rewriting adds.
const Reserved = "cardea:"

// Fuel is the export of the tank and Reserve that of what is left besides: two
// mutable i64. Together they are what a guest may still burn; both start at 0, so
// whoever runs anything fills them first, the tank with at most [Slice]. Stop is the
// export of a mutable i32: unless it is 0 the tank is not refilled.
const (
	Fuel    = Reserved + "fuel"
	Reserve = Reserved + "reserve"
	Stop    = Reserved + "stop"
)

// Slice is how much fuel the tank holds. When it is empty the guest refills it
// from the reserve, and looks up: a garbage collection that waits can begin. So
// no collection waits for longer than a slice can take: its slowest instructions,
// loads that miss every cache, make some 8 ms of it.
const Slice = 1_000

// Limits bounds what a module may declare.
type Limits struct {
	Types, Imports, Functions, Globals, Exports int

	Values       int // parameters of one type, and results
	NameBytes    int // of one import's or export's name
	TableEntries int // in all tables, now and after growing
	DataBytes    int // in all data segments

	// What one function may have. The compiler's time grows with the square of
	// some of them.
	BodyBytes, Locals int
	Blocks            int // blocks, loops and ifs
	Targets           int // of all its br_table
}

// Scan checks a module against the limits, in time that its size bounds. It
// needs no validated module and does not validate.
func Scan(data []byte, l Limits) error {
	m, err := parse(data, l)
	if err != nil {
		return err
	}
	_, err = m.code(l)
	return err
}

// Notes is what a host has to know of a rewritten module. They travel inside it,
// in the custom section [Section].
type Notes struct {
	// Globals are the exports of the mutable globals, fuel not among them.
	Globals []string
	// Stateful says that memory and globals are not all of an instance's state:
	// the code changes tables, drops segments, or keeps references in globals.
	Stateful bool
}

// Rewrite meters a module. The error says what the module does that cannot be
// metered, or where it ends or exceeds the limits.
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
			notes.Stateful = true // a reference: it has no number to put back
			continue
		}
		notes.Globals = append(notes.Globals, Reserved+strconv.Itoa(i))
	}
	out := m.assemble(code.section, notes.Globals, l)
	return appendSection(out, secCustom, notes.append(appendName(nil, Section))), nil
}

// assemble puts the module together again. Sections that have to be there and
// are not are put in where the order wants them.
func (m *module) assemble(code []byte, globals []string, l Limits) []byte {
	out := append(make([]byte, 0, len(code)*2), magic...)
	refill := m.refills()
	added := map[byte]func() []byte{
		secGlobal: func() []byte { return m.globalSection(nil) },
		secExport: func() []byte { return m.exportSection(nil, globals) },
	}
	for _, s := range m.sections {
		if s.id == secCustom {
			continue // see [Strip]
		}
		for _, id := range []byte{secGlobal, secExport} {
			if make_, missing := added[id]; missing && s.id >= id {
				if s.id != id {
					out = appendSection(out, id, make_())
				}
				delete(added, id)
			}
		}
		switch s.id {
		case secType:
			if refill {
				s.content = appendEntry(s.content, 0x60, 1, 0x7E, 1, 0x7E)
			}
		case secFunction:
			if refill {
				s.content = appendEntry(s.content, appendU32(nil, uint32(len(m.types)))...)
			}
		case secGlobal:
			s.content = m.globalSection(s.content)
		case secExport:
			s.content = m.exportSection(s.content, globals)
		case secTable:
			s.content = m.tableSection(l)
		case secCode:
			s.content = code
			if refill {
				body := m.refill()
				s.content = appendEntry(s.content, append(appendU32(nil, uint32(len(body))), body...)...)
			}
		}
		out = appendSection(out, s.id, s.content)
	}
	for _, id := range []byte{secGlobal, secExport} {
		if make_, missing := added[id]; missing {
			out = appendSection(out, id, make_())
		}
	}
	return out
}

// rest returns what follows a vector's length; nil for a section that is absent.
func rest(content []byte) []byte {
	r := &reader{data: content}
	r.u32()
	return content[r.pos:]
}

func (m *module) globalSection(old []byte) []byte {
	out := appendU32(nil, uint32(len(m.globals)+3))
	if old != nil {
		out = append(out, rest(old)...)
	}
	return append(out, 0x7E, 1, opI64Const, 0, opEnd, 0x7E, 1, opI64Const, 0, opEnd, 0x7F, 1, opI32Const, 0, opEnd)
}

func (m *module) exportSection(old []byte, globals []string) []byte {
	n, entries := uint32(0), []byte(nil)
	if old != nil {
		n, entries = (&reader{data: old}).u32(), rest(old)
	}
	out := append(appendU32(nil, n+uint32(len(globals))+3), entries...)
	for _, name := range globals {
		index, _ := strconv.Atoi(name[len(Reserved):])
		out = appendU32(append(appendName(out, name), 3), uint32(index))
	}
	for n, name := range []string{Fuel, Reserve, Stop} {
		out = appendU32(append(appendName(out, name), 3), uint32(len(m.globals)+n))
	}
	return out
}

// tableSection gives every table a ceiling.
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
			f := &function{module: m, params: t.params, results: t.results, globals: len(m.globals), refill: uint32(len(m.imports) + len(m.funcs)), limits: l}
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
