package meter

import "fmt"

// function meters one body: a walk finds where charges go and how high they are, then the
// body is copied with the charges inserted.
//
// A function with a loop keeps the tank in a local, since a loop that wrote the global in
// each iteration would wait for its own store; the global is updated around calls and at
// the end. A function without a loop uses the global directly.
type function struct {
	module  *module
	params  int
	results []byte
	globals int // without the tank, whose index this is
	refill  uint32
	limits  Limits

	body     []byte
	code     int // start of the instructions
	declared int // groups of locals
	locals   uint64
	edits    []edit
	loops    int
	stateful bool
}

// edit is code to insert at pos, in place of the next instead bytes.
type edit struct {
	kind    kind
	pos     int
	units   int64
	instead int
	code    []byte // a loop's block type, a branch target, or a function index
}

type kind uint8

const (
	atEntry   kind = iota
	wrap           // a loop that gets wrapped
	atLoop         // a loop's head
	atWrapped      // the head of a wrapped loop
	unwrap         // the end of a wrapped loop
	redirect       // a branch that may leave a wrapped loop, or a function index
	flat           // memory.grow
	perByte        // and 1/16 of the number on the stack
	perEntry       // and the number on the stack
	leave          // before a call
	enter          // after a call
	giveBack       // before a return
)

const (
	perInstructions = 64   // instructions for one unit
	perPlace        = 1    // a slot in the frame, which recursion multiplies: a local, a result, a value kept across a call
	callUnits       = 3    // a call, in addition to the function's instructions
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
		w.failf("its blocks do not end with the function")
	}
}

func (f *function) add(e edit) { f.edits = append(f.edits, e) }

// maxWrapped is the maximum number of wrapped loops per function: wrapping adds blocks,
// and compile time grows with the square of their number.
const maxWrapped = 256

// opens records a block that starts at offset at. A loop is wrapped unless it takes
// parameters from the operand stack, which would be lost on a restart.
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

// ends records the end of the innermost block, and sets the charge at a loop's head.
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

// plain adds the edits for an instruction that is not a block or branch.
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

// wrapped reports whether the body is enclosed in a block, which can have at most one
// result.
func (f *function) wrapped() bool { return len(f.results) < 2 }

// renumber replaces the function index of the instruction at offset at by the index after
// the host's import is added.
func (f *function) renumber(at int, w *walker) {
	if now := f.module.shift(w.index); now != w.index {
		f.add(edit{kind: redirect, pos: at + 1, instead: w.pos - at - 1, code: appendU32(nil, now)})
	}
}
