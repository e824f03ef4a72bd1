package meter

// Host is the module of the one function import that the rewriting adds: [Refill], (i64)
// -> i64. It is the last import. Its argument is the tank, which is negative, and it
// returns the new value of the tank or ends the call.
//
// Through it the host sees each guest after every slice: how long it took, how much
// memory the guest has, and whether another call waits. A pending garbage collection can
// start then.
const (
	Host   = "cardea"
	Refill = "refill"
)

// refills reports whether there is code that can use up the tank.
func (m *module) refills() bool { return len(m.funcs) > 0 }

// shift returns the index of a function after the import was added.
func (m *module) shift(index uint32) uint32 {
	if int64(index) < int64(len(m.imports)) {
		return index
	}
	return index + 1
}

// refer reads a function index in a section and records its position.
func (m *module) refer(r *reader, id byte) {
	pos := r.pos
	index := r.u32()
	m.refs[id] = append(m.refs[id], ref{pos, r.pos, index})
}

// renumbered returns a section's content with the new function indices.
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

// addRefill adds the function's type, as the last type, and its import.
func (m *module) addRefill(content map[byte][]byte) {
	content[secType] = appendEntry(content[secType], 0x60, 1, 0x7E, 1, 0x7E)
	entry := append(appendName(appendName(nil, Host), Refill), 0)
	content[secImport] = appendEntry(content[secImport], appendU32(entry, uint32(len(m.types)))...)
}

// appendEntry appends an entry to a vector, the content of a section; nil is an empty
// one.
func appendEntry(content []byte, entry ...byte) []byte {
	if content == nil {
		return append([]byte{1}, entry...)
	}
	n := (&reader{data: content}).u32()
	return append(append(appendU32(nil, n+1), rest(content)...), entry...)
}
