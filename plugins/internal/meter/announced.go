package meter

// This file checks the counts that sections announce: wazero allocates for as many
// segments, elements, bytes and names as a module announces, before it reads any of them.

// maxSegments bounds the number of data and element segments; a Go guest has 22,000.
const maxSegments = 200_000

func segments(r *reader) int {
	n := r.count()
	if n > maxSegments {
		r.failf("%d segments, at most %d are allowed", n, maxSegments)
		return 0
	}
	return n
}

// place skips the offset expression of an active segment; passive ones have none.
func (m *module) place(r *reader, id byte, flags uint32) {
	if flags&1 != 0 {
		return
	}
	if flags&2 != 0 {
		r.u32()
	}
	m.constant(r, id)
}

// constant skips a constant expression and records the functions that it refers to.
func (m *module) constant(r *reader, id byte) {
	w := &walker{reader: r, globals: len(m.globals)}
	w.constant()
	m.refs[id] = append(m.refs[id], w.refs...)
}

// maxElements bounds the total entries of all element segments; a Go guest has 1,700.
const maxElements = 200_000

func (m *module) checkElements(r *reader) {
	total := 0
	for range segments(r) {
		flags := r.u32()
		m.place(r, secElement, flags)
		if flags&3 != 0 {
			r.byte() // the element kind
		}
		n := r.count()
		if total += n; total > maxElements {
			r.failf("%d elements, at most %d are allowed", total, maxElements)
			return
		}
		for range n {
			if flags&4 == 0 {
				m.refer(r, secElement)
			} else {
				m.constant(r, secElement)
			}
		}
		if r.err != nil {
			return
		}
	}
}

func (m *module) checkData(r *reader) {
	for range segments(r) {
		m.place(r, secData, r.u32())
		if r.take(r.u32()); r.err != nil {
			return
		}
	}
}
