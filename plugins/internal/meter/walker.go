package meter

// walker reads code instruction by instruction. It rejects unknown instructions, and
// indices of undeclared locals and globals, which the rewriting would make valid.
type walker struct {
	*reader
	locals  uint64 // parameters included
	globals int

	block int64  // the encoded type of the last block instruction
	index uint32 // of the last called function, or of the type of an indirect call

	refs []ref // of ref.func instructions

	instructions int
	targets      int  // of br_table
	stateful     bool // it changes tables or drops segments, which a reset does not undo
}

// constant skips a constant expression including its end.
func (w *walker) constant() {
	for w.err == nil {
		if w.instruction() == opEnd {
			return
		}
	}
}

// Opcodes that need special treatment.
const (
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0B
	opBr           = 0x0C
	opBrIf         = 0x0D
	opBrTable      = 0x0E
	opReturn       = 0x0F
	opCall         = 0x10
	opCallIndirect = 0x11
	opUnreachable  = 0x00
	opLocalGet     = 0x20
	opLocalSet     = 0x21
	opLocalTee     = 0x22
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opTableSet     = 0x26
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI64Const     = 0x42
	opI64LtS       = 0x53
	opI64Add       = 0x7C
	opI64Sub       = 0x7D
	opI64ShrU      = 0x88
	opExtendU      = 0xAD // i64.extend_i32_u
	opRefFunc      = 0xD2
	opPrefix       = 0xFC

	emptyBlock = 0x40
)

// The instructions with the prefix opPrefix, as instruction returns them.
const (
	opMemoryInit = opPrefix<<8 | 8
	opDataDrop   = opPrefix<<8 | 9
	opMemoryCopy = opPrefix<<8 | 10
	opMemoryFill = opPrefix<<8 | 11
	opTableInit  = opPrefix<<8 | 12
	opElemDrop   = opPrefix<<8 | 13
	opTableCopy  = opPrefix<<8 | 14
	opTableGrow  = opPrefix<<8 | 15
	opTableSize  = opPrefix<<8 | 16
	opTableFill  = opPrefix<<8 | 17
)

// instruction skips one instruction with its operands and returns its opcode.
func (w *walker) instruction() int {
	op := int(w.byte())
	w.instructions++
	if slow(op) {
		w.instructions += slowExtra
	}
	switch {
	case op == opPrefix:
		return w.prefixed()
	case op == opBlock || op == opLoop || op == opIf:
		w.block = w.s33() // a type or its index
	case op >= 0x20 && op <= 0x22:
		if n := w.u32(); w.err == nil && uint64(n) >= w.locals {
			w.failf("local %d, there are %d", n, w.locals)
		}
	case op == opGlobalGet || op == opGlobalSet:
		if n := w.u32(); w.err == nil && int64(n) >= int64(w.globals) {
			w.failf("global %d, there are %d", n, w.globals)
		}
	default:
		w.operands(op)
	}
	w.stateful = w.stateful || op == opTableSet
	return op
}

// redirected returns the operands of the branch at pos, adjusted for the blocks around
// wrapped loops.
func (w *walker) redirected(pos, op int, blocks nesting) []byte {
	r, out, n := &reader{data: w.data, pos: pos}, []byte(nil), 0
	if op == opBrTable {
		n = r.count()
		out = appendU32(nil, uint32(n))
	}
	for range n + 1 {
		out = appendU32(out, blocks.depth(r.u32()))
	}
	return out
}

// slowExtra is the number of extra instructions that a slow instruction counts as.
const slowExtra = 31

// slow reports whether an instruction divides, takes a root or rounds.
func slow(op int) bool {
	switch {
	case op >= 0x6D && op <= 0x70, op >= 0x7F && op <= 0x82: // integers: div, rem
		return true
	case op >= 0x8D && op <= 0x91, op == 0x95, op >= 0x9B && op <= 0x9F, op == 0xA3: // floats: ceil to sqrt, div
		return true
	}
	return false
}

// operands skips the operands of other instructions.
func (w *walker) operands(op int) {
	switch {
	case op == opBr, op == opBrIf, op == opCall, op == 0x25, op == opTableSet: // an index
		w.index = w.u32()
	case op == opRefFunc:
		pos := w.pos
		w.index = w.u32()
		w.refs = append(w.refs, ref{pos, w.pos, w.index})
	case op == opBrTable:
		n := w.count()
		w.targets += n
		for range n {
			w.u32()
		}
		w.u32()
	case op == opCallIndirect:
		w.index = w.u32()
		w.skipLEB(5)
	case op == 0x1C: // select with types
		w.take(uint32(w.count()))
	case op >= 0x28 && op <= 0x3E: // loads and stores
		w.u32()
		w.skipLEB(5)
	case op == 0x3F, op == opMemoryGrow, op == 0xD0: // one byte
		w.byte()
	case op == opI32Const:
		w.skipLEB(5)
	case op == opI64Const:
		w.skipLEB(10)
	case op == 0x43: // f32.const
		w.take(4)
	case op == 0x44: // f64.const
		w.take(8)
	case op <= 0x01, op == opElse, op == opEnd, op == opReturn, op == 0x1A, op == 0x1B, op >= 0x45 && op <= 0xC4, op == 0xD1: // nothing
	default:
		w.failf("unknown instruction 0x%02X", op)
	}
}

func (w *walker) prefixed() int {
	sub := w.u32()
	if sub > 17 {
		w.failf("unknown instruction 0xFC %d", sub)
		return opPrefix
	}
	op := opPrefix<<8 | int(sub)
	switch op {
	case opMemoryInit, opMemoryCopy, opTableInit, opTableCopy:
		w.u32()
		w.u32()
	case opDataDrop, opMemoryFill, opElemDrop, opTableGrow, opTableSize, opTableFill:
		w.u32()
	}
	switch op {
	case opDataDrop, opElemDrop, opTableInit, opTableCopy, opTableGrow, opTableFill:
		w.stateful = true
	}
	return op
}
