package meter

// Host is the module that the one function is imported from which the rewriting adds:
// [Refill], (i64) -> i64. It is the last import. It is given what is in the tank, below
// zero, and returns what is in it then; or it ends the call.
//
// So the host sees each guest after every slice: how long that took, how much memory
// the guest has by then, and whether somebody else waits. A garbage collection that
// waits can begin.
const (
	Host   = "cardea"
	Refill = "refill"
)

// refills reports whether there is code that can empty the tank.
func (m *module) refills() bool { return len(m.funcs) > 0 }

// shift is the number of a function behind the one that is added.
func (m *module) shift(index uint32) uint32 {
	if int64(index) < int64(len(m.imports)) {
		return index
	}
	return index + 1
}

// refer passes over the number of a function in a section and notes where it is.
func (m *module) refer(r *reader, id byte) {
	pos := r.pos
	index := r.u32()
	m.refs[id] = append(m.refs[id], ref{pos, r.pos, index})
}

// renumbered returns a section's content with the functions' numbers as they are now.
func (m *module) renumbered(s section) []byte {
	refs := m.refs[s.id]
	if len(refs) == 0 || !m.refills() {
		return s.content
	}
	out, from := make([]byte, 0, len(s.content)+len(refs)), 0
	for _, f := range refs {
		out = appendU32(append(out, s.content[from:f.pos]...), m.shift(f.index))
		from = f.end
	}
	return append(out, s.content[from:]...)
}

// addRefill declares the function: its type, which is the last, and the import.
func (m *module) addRefill(content map[byte][]byte) {
	content[secType] = appendEntry(content[secType], 0x60, 1, 0x7E, 1, 0x7E)
	entry := append(appendName(appendName(nil, Host), Refill), 0)
	content[secImport] = appendEntry(content[secImport], appendU32(entry, uint32(len(m.types)))...)
}

// appendEntry appends an entry to a vector, the content of a section; nil is empty.
func appendEntry(content []byte, entry ...byte) []byte {
	if content == nil {
		return append([]byte{1}, entry...)
	}
	n := (&reader{data: content}).u32()
	return append(append(appendU32(nil, n+1), rest(content)...), entry...)
}
