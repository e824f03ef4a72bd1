package meter

import "bytes"

// CountSections returns how many custom sections of that name there are in any
// bytes, as far as they are a module.
func CountSections(data []byte, name string) (n int) {
	if !bytes.HasPrefix(data, []byte(magic)) {
		return 0
	}
	r := &reader{data: data, pos: len(magic)}
	for r.more() {
		id := r.byte()
		s := &reader{data: r.take(r.u32())}
		if r.err == nil && id == secCustom && s.name() == name && s.err == nil {
			n++
		}
	}
	return n
}
