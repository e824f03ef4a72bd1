package meter

// refills reports whether there is code that can empty the tank.
func (m *module) refills() bool { return len(m.funcs) > 0 }

// refill is the body of a function (i64) -> i64 that follows the module's own. It
// takes what is in the tank, below zero, and returns what is in it then. With
// nothing left in the reserve, or told to stop, it leaves less than nothing and traps.
//
// To grow the memory by nothing is the one instruction that leaves compiled code
// for the runtime's, where a collection finds the goroutine stopped.
func (m *module) refill() []byte {
	tank := uint32(len(m.globals))
	reserve, stop := tank+1, tank+2
	e := &emitter{out: []byte{1, 1, 0x7E}} // one local: what the tank gets
	const given, gets = 0, 1
	e.op(opLocalGet, given)
	e.op(opGlobalGet, reserve)
	e.out = append(e.out, opI64Add)
	e.op(opLocalTee, given) // all that is left
	e.out = append(e.out, opI64Const, 0, opI64LtS)
	e.op(opGlobalGet, stop)
	e.out = append(e.out, opI32Or, opIf, emptyBlock, opI64Const, 0x7F)
	e.op(opGlobalSet, tank) // -1
	e.out = append(e.out, opI64Const, 0)
	e.op(opGlobalSet, reserve)
	e.out = append(e.out, opUnreachable, opEnd)
	for range 2 {
		e.op(opLocalGet, given)
		e.out = appendS64(append(e.out, opI64Const), Slice)
	}
	e.out = append(e.out, opI64LtS, opSelect)
	e.op(opLocalSet, gets)
	e.op(opLocalGet, given)
	e.op(opLocalGet, gets)
	e.out = append(e.out, opI64Sub)
	e.op(opGlobalSet, reserve)
	if m.memory {
		e.out = append(e.out, opI32Const, 0, opMemoryGrow, 0, opDrop)
	}
	e.op(opLocalGet, gets)
	return append(e.out, opEnd)
}

// appendEntry appends an entry to a vector, the content of a section.
func appendEntry(content []byte, entry ...byte) []byte {
	n := (&reader{data: content}).u32()
	return append(append(appendU32(nil, n+1), rest(content)...), entry...)
}
