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
	loops    bool
	stateful bool
}

// edit is something to put in before the byte at pos.
type edit struct {
	kind  kind
	pos   int
	units int64
}

type kind uint8

const (
	atEntry  kind = iota
	atLoop        // a loop's head
	flat          // a growth
	perByte       // and 1/16 of the number on the stack
	perEntry      // and the number on the stack
	leave         // a call begins
	enter         // a call has ended
	giveBack      // a return
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

// open is a block that has not ended: the charge at its head if it is a loop or
// the function, else -1, and the instructions before it.
type open struct{ charge, before int }

func (f *function) walk(w *walker) {
	f.edits = []edit{{kind: atEntry, pos: w.pos, units: callUnits}}
	blocks := []open{{charge: 0}}
	operands := newStack(f.module, len(f.results))
	opened := 0
	add := func(k kind, pos int, units int64) {
		f.edits = append(f.edits, edit{k, pos, units})
	}
	for w.more() && len(blocks) > 0 {
		at := w.pos
		op := w.instruction()
		operands.step(op, w)
		if op == opBlock || op == opIf || op == opLoop {
			if opened++; opened > f.limits.Blocks {
				w.failf("more than %d blocks: split the function", f.limits.Blocks)
			}
		}
		switch op {
		case opBlock, opIf:
			blocks = append(blocks, open{charge: -1})
		case opLoop:
			f.loops = true
			blocks = append(blocks, open{len(f.edits), w.instructions})
			add(atLoop, w.pos, 0)
		case opEnd:
			b := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			if b.charge >= 0 {
				f.edits[b.charge].units += 1 + int64(w.instructions-b.before)/perInstructions
			}
		case opMemoryGrow:
			add(flat, at, growUnits)
		case opMemoryCopy, opMemoryFill, opMemoryInit:
			add(perByte, at, 1)
		case opTableCopy, opTableFill, opTableInit, opTableGrow:
			add(perEntry, at, 1)
		case opCall, opCallIndirect:
			add(leave, at, 0)
			add(enter, w.pos, 0)
		case opReturn:
			add(giveBack, at, 0)
		}
	}
	f.edits[0].units += (int64(f.locals) + int64(len(f.results)) + int64(operands.most)) * perPlace
	if w.err == nil && (len(blocks) > 0 || w.pos != len(w.data)) {
		w.failf("its blocks do not end where it does")
	}
}
