package meter

// append appends the metered body with its size.
func (f *function) append(out []byte) []byte {
	e := newEmitter(f)
	e.locals()
	e.open()
	from := f.code
	for _, c := range f.edits {
		e.out = append(e.out, f.body[from:c.pos]...)
		from = c.pos + e.edit(c)
	}
	e.out = append(e.out, f.body[from:]...)
	e.close()
	return append(appendU32(out, uint32(len(e.out))), e.out...)
}

// emitter writes one metered body.
type emitter struct {
	f   *function
	out []byte

	wrapped bool // the body is in a block, outside of which empty tanks end
	local   bool // the tank is in a local: there is a loop
	exits   int  // blocks around the body for empty tanks
	used    int  // of them, by charges that have one of their own
}

// maxExits bounds the blocks that are put around a body.
const maxExits = 64

func newEmitter(f *function) *emitter {
	e := &emitter{f: f, out: make([]byte, 0, len(f.body)+24*len(f.edits)), wrapped: len(f.results) < 2}
	e.local = e.wrapped && f.loops
	if !e.wrapped {
		return e
	}
	shared := 0
	for _, c := range f.edits {
		switch {
		case !c.kind.charges():
		case c.kind.often() && e.exits < maxExits:
			e.exits++
		default:
			shared = 1
		}
	}
	e.exits += shared
	return e
}

// exit returns which of the blocks around the body a charge leaves when the tank
// is empty, the innermost being 0. What runs often has one for itself: the
// compiler fuses comparing and jumping only where nothing else jumps to.
func (e *emitter) exit(k kind) uint32 {
	if k.often() && e.used < min(e.exits, maxExits) {
		e.used++
		return uint32(e.used - 1)
	}
	return uint32(e.exits - 1)
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

// open encloses the body in blocks: an empty tank leaves one of the outer ones,
// and whatever returned leaves the innermost with the results.
func (e *emitter) open() {
	if !e.wrapped {
		return
	}
	for range e.exits {
		e.out = append(e.out, opBlock, emptyBlock)
	}
	result := byte(emptyBlock)
	if len(e.f.results) == 1 {
		result = e.f.results[0]
	}
	e.out = append(e.out, opBlock, result)
}

// close follows the end of the body, which has become the innermost block's.
func (e *emitter) close() {
	if !e.wrapped {
		return
	}
	if e.local {
		e.store()
	}
	e.out = append(e.out, opReturn)
	for range e.exits {
		e.out = append(e.out, opEnd)
		if e.local {
			e.out = append(e.out, opI64Const, 0x7F) // -1: naming the local here would cost moves in each loop
			e.op(opGlobalSet, e.tank())
		}
		e.out = append(e.out, opUnreachable)
	}
	e.out = append(e.out, opEnd)
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
	if e.wrapped {
		e.op(opBrIf, uint32(c.depth)+e.exit(c.kind))
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
