package meter

// append appends the metered body with its size.
func (f *function) append(out []byte) []byte {
	e := emitter{f: f, out: make([]byte, 0, len(f.body)+24*len(f.edits)), local: f.loops && len(f.results) < 2}
	e.locals()
	if e.local {
		e.open()
	}
	from := f.code
	for _, c := range f.edits {
		e.out = append(e.out, f.body[from:c.pos]...)
		from = c.pos + e.edit(c)
	}
	e.out = append(e.out, f.body[from:]...)
	if e.local {
		e.close()
	}
	return append(appendU32(out, uint32(len(e.out))), e.out...)
}

// emitter writes one metered body.
type emitter struct {
	f     *function
	out   []byte
	local bool // the tank is in a local: there is a loop, and a block can have the results
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

// open encloses the body in two blocks: an empty tank leaves the outer one, and
// whatever returned leaves the inner one with the results.
func (e *emitter) open() {
	result := byte(emptyBlock)
	if len(e.f.results) == 1 {
		result = e.f.results[0]
	}
	e.out = append(e.out, opBlock, emptyBlock, opBlock, result)
}

// close follows the end of the body, which has become the inner block's.
func (e *emitter) close() {
	e.store()
	e.out = append(e.out, opReturn, opEnd, opI64Const, 0x7F) // -1: naming the local here would cost moves in each loop
	e.op(opGlobalSet, e.tank())
	e.out = append(e.out, opUnreachable, opEnd)
}

// edit writes what c asks for and returns how many bytes of the body it replaces.
func (e *emitter) edit(c edit) (replaced int) {
	switch c.kind {
	case leave:
		if e.local {
			e.store()
		}
	case enter:
		if e.local {
			e.op(opGlobalGet, e.tank())
			e.op(opLocalSet, e.fuel())
		}
	case giveBack:
		if e.local {
			e.op(opBr, uint32(c.depth-1))
			return 1
		}
	default:
		e.charge(c)
	}
	return 0
}

// charge takes units out of the tank and traps when it is empty. The operand
// stack is as before.
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
	if !e.local {
		e.op(opGlobalSet, e.tank())
		e.op(opLocalGet, e.fuel())
	}
	e.out = append(e.out, opI64Const, 0, opI64LtS)
	if e.local {
		e.op(opBrIf, uint32(c.depth))
		return
	}
	e.out = append(e.out, opIf, emptyBlock, opUnreachable, opEnd)
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
