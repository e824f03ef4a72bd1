package meter

// stack tracks the height of a function's operand stack. Values on it during a call are
// part of the frame, which recursion multiplies, so they are charged at the entry like
// locals. On invalid modules the height may be wrong, but it stays defined.
type stack struct {
	m      *module
	height int
	most   int // maximum at a call, including the call's results
	blocks []level
}

// level is an open block: the height below it, its parameters and results.
type level struct{ base, params, results int }

func newStack(m *module, results int) *stack {
	return &stack{m: m, blocks: []level{{results: results}}}
}

func (s *stack) pop(n int) {
	base := 0
	if len(s.blocks) > 0 {
		base = s.blocks[len(s.blocks)-1].base
	}
	s.height = max(base, s.height-n)
}

// step applies one instruction, whose operands the walker still holds.
func (s *stack) step(op int, w *walker) {
	switch op {
	case opIf, opBlock, opLoop:
		if op == opIf {
			s.pop(1)
		}
		params, results := s.m.blockType(w.block)
		s.pop(params)
		s.blocks = append(s.blocks, level{s.height, params, results})
		s.height += params
	case opElse, opEnd:
		s.boundary(op)
	case opBr, opBrTable, opReturn, opUnreachable:
		s.pop(s.height) // the rest of the block is unreachable
	case opCall:
		s.call(s.m.funcType(w.index))
	case opCallIndirect:
		s.pop(1)
		s.call(int(w.index))
	default:
		pops, pushes := effect(op)
		s.pop(pops)
		s.height += pushes
	}
}

func (s *stack) boundary(op int) {
	if len(s.blocks) == 0 {
		return
	}
	b := s.blocks[len(s.blocks)-1]
	if op == opElse {
		s.height = b.base + b.params
		return
	}
	s.blocks = s.blocks[:len(s.blocks)-1]
	s.height = b.base + b.results
}

func (s *stack) call(typ int) {
	if typ < 0 || typ >= len(s.m.types) {
		return
	}
	t := s.m.types[typ]
	s.most = max(s.most, s.height+len(t.results))
	s.pop(t.params)
	s.height += len(t.results)
}

// blockType returns the number of parameters and results of a block type.
func (m *module) blockType(typ int64) (params, results int) {
	switch {
	case typ >= 0 && typ < int64(len(m.types)):
		t := m.types[typ]
		return t.params, len(t.results)
	case typ >= 0 || typ == emptyBlock-0x80:
		return 0, 0
	}
	return 0, 1
}

// effect returns how many values an ordinary instruction pops and pushes.
func effect(op int) (pops, pushes int) {
	switch {
	case op == opLocalGet, op == opGlobalGet, op >= 0x41 && op <= 0x44, op == 0x3F, op == 0xD0, op == 0xD2, op == opTableSize:
		return 0, 1
	case op == 0x1A, op == opBrIf, op == opLocalSet, op == opGlobalSet:
		return 1, 0
	case op >= 0x28 && op <= 0x35, op == opLocalTee, op == opMemoryGrow, op == 0x25, op == 0xD1, op>>8 == opPrefix && op&0xFF < 8, unary(op):
		return 1, 1
	case op == opTableSet, op >= 0x36 && op <= 0x3E:
		return 2, 0
	case op == opTableGrow, op >= 0x45 && op <= 0xA6:
		return 2, 1
	case op == 0x1B, op == 0x1C: // select
		return 3, 1
	case op == opMemoryInit, op == opMemoryCopy, op == opMemoryFill, op == opTableInit, op == opTableCopy, op == opTableFill:
		return 3, 0
	}
	return 0, 0
}

// unary reports whether a numeric instruction takes one operand.
func unary(op int) bool {
	return op == 0x45 || op == 0x50 || op >= 0x67 && op <= 0x69 || op >= 0x79 && op <= 0x7B ||
		op >= 0x8B && op <= 0x91 || op >= 0x99 && op <= 0x9F || op >= 0xA7 && op <= 0xC4
}
