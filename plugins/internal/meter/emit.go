package meter

// append appends the metered body with its size.
func (f *function) append(out []byte) []byte {
	e := newEmitter(f)
	e.locals()
	e.open()
	from := f.code
	for _, c := range f.edits {
		e.out = append(e.out, f.body[from:c.pos]...)
		from = c.pos + c.instead
		e.edit(c)
	}
	e.out = append(e.out, f.body[from:]...)
	e.close()
	return append(appendU32(out, uint32(len(e.out))), e.out...)
}

// emitter writes one metered body.
type emitter struct {
	f   *function
	out []byte

	wrapped bool // the body is in a block: it has at most one result
	local   bool // the tank is in a local: there is a loop as well
}

func newEmitter(f *function) *emitter {
	return &emitter{f: f, out: make([]byte, 0, len(f.body)+24*len(f.edits)), wrapped: f.wrapped(), local: f.wrapped() && f.loops > 0}
}

// The locals of our own follow the function's: the number on the stack, and what
// is in the tank.
func (e *emitter) number() uint32 { return uint32(e.f.locals) }
func (e *emitter) fuel() uint32   { return uint32(e.f.locals) + 1 }

// locals repeats the declarations and adds ours.
func (e *emitter) locals() {
	e.out = appendU32(e.out, uint32(e.f.declared+2))
	e.out = append(e.out, rest(e.f.body[:e.f.code])...)
	e.out = append(e.out, 1, 0x7F, 1, 0x7E)
}

// open encloses the body in a block, which whatever returned leaves with the
// result, so that the tank can be written back behind it. Around that the function
// begins anew when its entry found the tank empty: a place of its own for what
// hardly ever happens lets the compiler compare and jump in one.
func (e *emitter) open() {
	if !e.wrapped {
		return
	}
	e.out = append(e.out, opLoop, emptyBlock, opBlock, emptyBlock)
	result := byte(emptyBlock)
	if len(e.f.results) == 1 {
		result = e.f.results[0]
	}
	e.out = append(e.out, opBlock, result)
}

// close follows the end of the body, which has become the block's.
func (e *emitter) close() {
	if !e.wrapped {
		return
	}
	if e.local {
		e.store()
	}
	e.out = append(e.out, opReturn)
	e.anew(e.f.edits[0].units, opGlobalSet, e.tank())
	e.out = append(e.out, opEnd)
}

// anew ends a block that is left with the tank empty: it refills, puts what whoever
// begins anew takes again into where that looks, and goes there.
func (e *emitter) anew(units int64, set byte, index uint32) {
	e.out = append(e.out, opEnd)
	e.refill()
	e.out = append(appendS64(append(e.out, opI64Const), units), opI64Add)
	e.op(set, index)
	e.op(opBr, 0)
	e.out = append(e.out, opEnd, opUnreachable)
}

// refill leaves on the stack what the tank has after refilling.
func (e *emitter) refill() {
	e.op(opLocalGet, e.fuel())
	e.op(opCall, e.f.refill)
}

// edit writes what c asks for.
func (e *emitter) edit(c edit) {
	switch c.kind {
	case leave, giveBack:
		if e.local {
			e.store()
		}
	case enter:
		if e.local {
			e.op(opGlobalGet, e.tank())
			e.op(opLocalSet, e.fuel())
		}
	case wrap:
		e.wrap(c.code)
	case unwrap:
		e.unwrap(c.units)
	case redirect:
		e.out = append(e.out, c.code...)
	default:
		e.charge(c)
	}
}

// wrapping is how many blocks [emitter.wrap] puts around a loop.
const wrapping = 3

// wrap encloses a loop of that type, as open does a body: with the tank empty the
// loop's head leads out of the innermost block, and the loop begins anew.
func (e *emitter) wrap(typ []byte) {
	e.out = append(append(e.out, opBlock), typ...)
	e.out = append(e.out, opLoop, emptyBlock, opBlock, emptyBlock)
}

// unwrap follows the end of the loop, whose head takes units.
func (e *emitter) unwrap(units int64) {
	e.op(opBr, 2) // with what the loop leaves
	e.anew(units, opLocalSet, e.fuel())
	e.out = append(e.out, opEnd)
}

// charge takes units out of the tank, and has it refilled when that is empty. The
// operand stack is as before.
func (e *emitter) charge(c edit) {
	bulk := c.kind == perByte || c.kind == perEntry
	if bulk {
		e.op(opLocalTee, e.number())
	}
	if e.local && c.kind != atEntry {
		e.op(opLocalGet, e.fuel())
	} else {
		e.op(opGlobalGet, e.tank())
	}
	e.out = append(appendS64(append(e.out, opI64Const), c.units), opI64Sub)
	if bulk {
		e.times(c.kind)
	}
	e.op(opLocalTee, e.fuel())
	e.out = append(e.out, opI64Const, 0, opI64LtS)
	if e.wrapped && c.kind == atEntry || c.kind == atWrapped {
		e.op(opBrIf, 1)
	} else {
		e.out = append(e.out, opIf, emptyBlock)
		e.refill()
		e.op(opLocalSet, e.fuel())
		e.out = append(e.out, opEnd)
	}
	if !e.local {
		e.store()
	}
}

// times subtracts what the number on the stack costs.
func (e *emitter) times(k kind) {
	e.op(opLocalGet, e.number())
	e.out = append(e.out, opExtendU)
	if k == perByte {
		e.out = append(e.out, opI64Const, shiftBytes, opI64ShrU)
	}
	e.out = append(e.out, opI64Sub)
}

// store writes what is left into the tank.
func (e *emitter) store() {
	e.op(opLocalGet, e.fuel())
	e.op(opGlobalSet, e.tank())
}

func (e *emitter) tank() uint32 { return uint32(e.f.globals) }

func (e *emitter) op(op byte, index uint32) { e.out = appendU32(append(e.out, op), index) }
