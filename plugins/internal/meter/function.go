package meter

// function meters one body: a walk finds where charges belong and how high they
// are, then the body is copied around them.
type function struct {
	params  int
	globals int // without the tank, whose index this is

	body     []byte
	code     int // where the instructions begin
	declared int // groups of locals
	locals   uint64
	charges  []charge
	bulk     bool // it needs a local of our own
	stateful bool
}

// charge is something to pay before the byte at pos.
type charge struct {
	pos   int
	units int64
	per   per
}

// per says what a charge multiplies with.
type per uint8

const (
	once     per = iota
	perByte      // 1/16 of the number on the stack
	perEntry     // the number on the stack
)

const (
	perInstructions = 64   // instructions for one unit
	shiftBytes      = 4    // 16 bytes for one unit
	growUnits       = 5000 // memory.grow
	maxLocals       = 50_000
)

func (f *function) meter(body []byte) error {
	r := &reader{data: body}
	f.body, f.locals = body, uint64(f.params)
	f.declared = r.count()
	for range f.declared {
		f.locals += uint64(r.u32())
		r.byte()
		if r.err == nil && f.locals > maxLocals {
			r.failf("more than %d locals", maxLocals)
		}
		if r.err != nil {
			return r.err
		}
	}
	f.code = r.pos
	w := &walker{reader: r, locals: f.locals, globals: f.globals}
	f.walk(w)
	f.stateful = w.stateful
	return w.err
}

// open is a block that has not ended: the charge at its head if it is a loop or
// the function, else -1, and the instructions before it.
type open struct{ charge, before int }

func (f *function) walk(w *walker) {
	f.charges = []charge{{pos: w.pos}}
	blocks := []open{{charge: 0}}
	for w.more() && len(blocks) > 0 {
		at := w.pos
		switch op := w.instruction(); op {
		case opBlock, opIf:
			blocks = append(blocks, open{charge: -1})
		case opLoop:
			blocks = append(blocks, open{len(f.charges), w.instructions})
			f.charges = append(f.charges, charge{pos: w.pos})
		case opEnd:
			b := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			if b.charge >= 0 {
				f.charges[b.charge].units = 1 + int64(w.instructions-b.before)/perInstructions
			}
		case opMemoryGrow:
			f.charges = append(f.charges, charge{pos: at, units: growUnits})
		case opMemoryCopy, opMemoryFill, opMemoryInit:
			f.addBulk(at, perByte)
		case opTableCopy, opTableFill, opTableInit, opTableGrow:
			f.addBulk(at, perEntry)
		}
	}
	if w.err == nil && (len(blocks) > 0 || w.pos != len(w.data)) {
		w.failf("its blocks do not end where it does")
	}
}

func (f *function) addBulk(at int, p per) {
	f.bulk = true
	f.charges = append(f.charges, charge{pos: at, units: 1, per: p})
}

// append appends the metered body with its size.
func (f *function) append(out []byte) []byte {
	body := f.appendLocals(make([]byte, 0, len(f.body)+24*len(f.charges)))
	from := f.code
	for _, c := range f.charges {
		body = append(body, f.body[from:c.pos]...)
		body = f.appendCharge(body, c)
		from = c.pos
	}
	body = append(body, f.body[from:]...)
	return append(appendU32(out, uint32(len(body))), body...)
}

// appendLocals repeats the declarations, with one i32 more if it is needed.
func (f *function) appendLocals(out []byte) []byte {
	if !f.bulk {
		return append(out, f.body[:f.code]...)
	}
	out = appendU32(out, uint32(f.declared+1))
	out = append(out, rest(f.body[:f.code])...)
	return append(out, 1, 0x7F)
}

// appendCharge takes units out of the tank and traps when it is empty. The
// operand stack is as before.
func (f *function) appendCharge(out []byte, c charge) []byte {
	tank := uint32(f.globals)
	if c.per != once {
		out = appendU32(append(out, opLocalTee), uint32(f.locals))
	}
	out = appendU32(append(out, opGlobalGet), tank)
	out = append(appendS64(append(out, opI64Const), c.units), opI64Sub)
	if c.per != once {
		out = append(appendU32(append(out, opLocalGet), uint32(f.locals)), opExtendU)
		if c.per == perByte {
			out = append(out, opI64Const, shiftBytes, opI64ShrU)
		}
		out = append(out, opI64Sub)
	}
	out = appendU32(append(out, opGlobalSet), tank)
	out = appendU32(append(out, opGlobalGet), tank)
	return append(out, opI64Const, 0, opI64LtS, opIf, emptyBlock, opUnreachable, opEnd)
}
