package meter

// stack follows how many values a function has on its operand stack. What is there
// when it calls is in its frame, of which a recursion piles up many, so that it is
// paid for at the entry as locals are. Modules that are not valid may confuse it;
// it counts on.
type stack struct {
	m      *module
	height int
	most   int // at a call, with what the call takes and returns
	blocks []level
}

// level is an open block: the values below it, its parameters and results.
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

// step follows one instruction, whose operands the walker still has.
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
		s.pop(s.height) // nothing follows that runs
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

// blockType is what a block takes and leaves: nothing, one value, or a type's.
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

// effect is how many values an ordinary instruction takes and leaves.
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

// unary reports whether an instruction among the numeric ones takes one value.
func unary(op int) bool {
	return op == 0x45 || op == 0x50 || op >= 0x67 && op <= 0x69 || op >= 0x79 && op <= 0x7B ||
		op >= 0x8B && op <= 0x91 || op >= 0x99 && op <= 0x9F || op >= 0xA7 && op <= 0xC4
}
