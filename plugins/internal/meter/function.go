package meter

import "fmt"

// function meters one body: a walk finds where charges belong and how high they
// are, then the body is copied around them.
//
// A function with a loop keeps the tank in a local, since a loop that wrote the
// global at each turn would wait for its own store; the global is brought up to
// date around calls and at the end. One without pays from the global.
type function struct {
	module  *module
	params  int
	results []byte
	globals int // without ours: the tank's index
	refill  uint32
	limits  Limits

	body     []byte
	code     int // where the instructions begin
	declared int // groups of locals
	locals   uint64
	edits    []edit
	loops    int
	stateful bool
}

// edit is something to put in at pos, in place of that many bytes.
type edit struct {
	kind    kind
	pos     int
	units   int64
	instead int
	code    []byte // a loop's type, where a branch leads, or a function's number
}

type kind uint8

const (
	atEntry   kind = iota
	wrap           // a loop that gets a wrapping
	atLoop         // a loop's head
	atWrapped      // the head of one that has a wrapping
	unwrap         // its end
	redirect       // a branch that may lead out of a wrapping, or a function's number
	flat           // a growth
	perByte        // and 1/16 of the number on the stack
	perEntry       // and the number on the stack
	leave          // a call begins
	enter          // a call has ended
	giveBack       // a return
)

const (
	perInstructions = 64   // instructions for one unit
	perPlace        = 1    // a place in the frame, of which a recursion piles up many: a local, a result, a value kept while it calls
	callUnits       = 3    // a call, beside the function's instructions
	shiftBytes      = 4    // 16 bytes for one unit
	growUnits       = 5000 // memory.grow
)

func (f *function) meter(body []byte) error {
	if len(body) > f.limits.BodyBytes {
		return fmt.Errorf("a body of %d bytes, at most %d are allowed: split the function", len(body), f.limits.BodyBytes)
	}
	r := &reader{data: body}
	f.body, f.locals = body, uint64(f.params)
	f.declared = r.count()
	for range f.declared {
		f.locals += uint64(r.u32())
		r.byte()
		if r.err == nil && f.locals > uint64(f.limits.Locals) {
			r.failf("more than %d locals: split the function", f.limits.Locals)
		}
		if r.err != nil {
			return r.err
		}
	}
	f.code = r.pos
	w := &walker{reader: r, locals: f.locals, globals: f.globals}
	f.walk(w)
	f.stateful = w.stateful
	if w.targets > f.limits.Targets {
		w.failf("more than %d branches in its tables: split the function", f.limits.Targets)
	}
	return w.err
}

func (f *function) walk(w *walker) {
	f.add(edit{kind: atEntry, pos: w.pos, units: callUnits})
	var blocks nesting
	blocks.push(0, 0, false)
	operands := newStack(f.module, len(f.results))
	opened := 0
	for w.more() && len(blocks) > 0 {
		at := w.pos
		op := w.instruction()
		operands.step(op, w)
		switch op {
		case opBlock, opIf, opLoop:
			if opened++; opened > f.limits.Blocks {
				w.failf("more than %d blocks: split the function", f.limits.Blocks)
			}
			f.opens(&blocks, op, at, w)
		case opEnd:
			f.ends(&blocks, w)
		case opBr, opBrIf, opBrTable:
			if blocks.inside() > 0 {
				f.add(edit{kind: redirect, pos: at + 1, instead: w.pos - at - 1, code: w.redirected(at+1, op, blocks)})
			}
		default:
			f.plain(op, at, w)
		}
	}
	f.edits[0].units += (int64(f.locals) + int64(len(f.results)) + int64(operands.most)) * perPlace
	if w.err == nil && (len(blocks) > 0 || w.pos != len(w.data)) {
		w.failf("its blocks do not end where it does")
	}
}

func (f *function) add(e edit) { f.edits = append(f.edits, e) }

// maxWrapped is how many loops of a function are wrapped: four blocks take the
// compiler longer than one, and its time grows with the square of all.
const maxWrapped = 256

// opens notes a block that began at that byte. A loop is wrapped unless it takes
// values from the operand stack, which would be gone when it begins anew.
func (f *function) opens(blocks *nesting, op, at int, w *walker) {
	if op != opLoop {
		blocks.push(-1, 0, false)
		return
	}
	f.loops++
	params, _ := f.module.blockType(w.block)
	wrapped, head := f.wrapped() && params == 0 && f.loops <= maxWrapped, atLoop
	if wrapped {
		f.add(edit{kind: wrap, pos: at, code: w.data[at+1 : w.pos]})
		head = atWrapped
	}
	blocks.push(len(f.edits), w.instructions, wrapped)
	f.add(edit{kind: head, pos: w.pos})
}

// ends notes that the innermost block has ended, and what a loop's head costs.
func (f *function) ends(blocks *nesting, w *walker) {
	b, wrapped := blocks.pop()
	if b.charge < 0 {
		return
	}
	units := 1 + int64(w.instructions-b.before)/perInstructions
	f.edits[b.charge].units += units
	if wrapped {
		f.add(edit{kind: unwrap, pos: w.pos, units: units})
	}
}

// plain notes what an instruction without blocks costs by itself.
func (f *function) plain(op, at int, w *walker) {
	switch op {
	case opMemoryGrow:
		f.add(edit{kind: flat, pos: at, units: growUnits})
	case opMemoryCopy, opMemoryFill, opMemoryInit:
		f.add(edit{kind: perByte, pos: at, units: 1})
	case opTableCopy, opTableFill, opTableInit, opTableGrow:
		f.add(edit{kind: perEntry, pos: at, units: 1})
	case opCall, opCallIndirect:
		f.add(edit{kind: leave, pos: at})
		if op == opCall {
			f.renumber(at, w)
		}
		f.add(edit{kind: enter, pos: w.pos})
	case opRefFunc:
		f.renumber(at, w)
	case opReturn:
		f.add(edit{kind: giveBack, pos: at})
	}
}

// wrapped reports whether the body gets a block around it, which leaves at most one
// result.
func (f *function) wrapped() bool { return len(f.results) < 2 }

// renumber has the instruction at that byte name its function as it is called when
// the host's stands before it.
func (f *function) renumber(at int, w *walker) {
	if now := f.module.shift(w.index); now != w.index {
		f.add(edit{kind: redirect, pos: at + 1, instead: w.pos - at - 1, code: appendU32(nil, now)})
	}
}
