package meter

// append appends the metered body, preceded by its size.
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

	wrapped bool // the body is in a block, and has at most one result
	local   bool // the tank is in a local, since the function has a loop
}

func newEmitter(f *function) *emitter {
	return &emitter{f: f, out: make([]byte, 0, len(f.body)+24*len(f.edits)), wrapped: f.wrapped(), local: f.wrapped() && f.loops > 0}
}

// The added locals follow the function's own: the operand of a bulk instruction, and the
// fuel in the tank.
func (e *emitter) number() uint32 { return uint32(e.f.locals) }
func (e *emitter) fuel() uint32   { return uint32(e.f.locals) + 1 }

// locals copies the declarations and adds the two locals.
func (e *emitter) locals() {
	e.out = appendU32(e.out, uint32(e.f.declared+2))
	e.out = append(e.out, rest(e.f.body[:e.f.code])...)
	e.out = append(e.out, 1, 0x7F, 1, 0x7E)
}

// open encloses the body in a block. Every return leaves that block with the result, so
// that the tank can be written back after it. A loop around it restarts the function if
// the entry found the tank empty: the separate code path lets the compiler fuse the
// compare and the jump.
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

// close follows the end of the body, which now ends the block.
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

// anew ends a block that is left with an empty tank: it refills, adds back the units that
// the restarted code takes again, stores the result where that code reads it, and
// branches there.
func (e *emitter) anew(units int64, set byte, index uint32) {
	e.out = append(e.out, opEnd)
	e.refill()
	e.out = append(appendS64(append(e.out, opI64Const), units), opI64Add)
	e.op(set, index)
	e.op(opBr, 0)
	e.out = append(e.out, opEnd, opUnreachable)
}

// refill leaves the refilled amount on the stack.
func (e *emitter) refill() {
	e.op(opLocalGet, e.fuel())
	e.op(opCall, e.f.refill)
}

// edit writes the code for c.
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

// wrapping is the number of blocks that [emitter.wrap] puts around a loop.
const wrapping = 3

// wrap encloses a loop of block type typ, as open does for a body: with an empty tank the
// loop head branches out of the innermost block, and the loop restarts.
func (e *emitter) wrap(typ []byte) {
	e.out = append(append(e.out, opBlock), typ...)
	e.out = append(e.out, opLoop, emptyBlock, opBlock, emptyBlock)
}

// unwrap follows the end of a loop whose head takes units.
func (e *emitter) unwrap(units int64) {
	e.op(opBr, 2) // with the loop's result
	e.anew(units, opLocalSet, e.fuel())
	e.out = append(e.out, opEnd)
}

// charge takes units from the tank and refills it if it is empty. It leaves the operand
// stack unchanged.
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

// times subtracts the charge for the number on the stack.
func (e *emitter) times(k kind) {
	e.op(opLocalGet, e.number())
	e.out = append(e.out, opExtendU)
	if k == perByte {
		e.out = append(e.out, opI64Const, shiftBytes, opI64ShrU)
	}
	e.out = append(e.out, opI64Sub)
}

// store writes the remaining fuel into the tank.
func (e *emitter) store() {
	e.op(opLocalGet, e.fuel())
	e.op(opGlobalSet, e.tank())
}

func (e *emitter) tank() uint32 { return uint32(e.f.globals) }

func (e *emitter) op(op byte, index uint32) { e.out = appendU32(append(e.out, op), index) }
