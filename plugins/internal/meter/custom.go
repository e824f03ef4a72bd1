package meter

import (
	"bytes"
	"iter"
)

// custom yields the position and content of each custom section in data. It stops at the
// first byte that is not part of a valid module; data may be anything.
func custom(data []byte) iter.Seq2[[2]int, *reader] {
	return func(yield func([2]int, *reader) bool) {
		if !bytes.HasPrefix(data, []byte(magic)) {
			return
		}
		r := &reader{data: data, pos: len(magic)}
		for r.more() {
			begin := r.pos
			id := r.byte()
			s := &reader{data: r.take(r.u32())}
			if r.err == nil && id == secCustom && !yield([2]int{begin, r.pos}, s) {
				return
			}
		}
	}
}

// CustomSection returns the content of the first custom section with that name. data may
// be anything: it is read as far as it is a valid module.
func CustomSection(data []byte, name string) ([]byte, bool) {
	for _, s := range custom(data) {
		if s.name() == name && s.err == nil {
			return s.data[s.pos:], true
		}
	}
	return nil, false
}

// CountSections returns the number of custom sections with that name. data may be
// anything: it is read as far as it is a valid module.
func CountSections(data []byte, name string) (n int) {
	for _, s := range custom(data) {
		if s.name() == name && s.err == nil {
			n++
		}
	}
	return n
}

// Strip returns a module without its custom sections. The runtime reads some of them
// (names, debug information) when a call fails; that work is unbounded and the data is
// not validated. [Rewrite] drops them as well.
func Strip(data []byte) []byte {
	out, from := make([]byte, 0, len(data)), 0
	for at := range custom(data) {
		out = append(out, data[from:at[0]]...)
		from = at[1]
	}
	return append(out, data[from:]...)
}

// Bounds on the result of [FunctionNames].
const (
	maxNameBytes = 100       // of one name
	maxNames     = 256 << 10 // bytes of all names
)

// FunctionNames returns the function names from the module's name section by function
// index, as far as the section can be read. Names are cut to 100 bytes, and all names
// together to 256 KiB. The module chooses them: quote them in output.
func FunctionNames(data []byte) map[uint32]string {
	const functions = 1
	content, _ := CustomSection(data, "name")
	r := &reader{data: content}
	for r.more() {
		id, part := r.byte(), &reader{data: r.take(r.u32())}
		if id == functions && r.err == nil {
			return part.functionNames()
		}
	}
	return nil
}

func (r *reader) functionNames() map[uint32]string {
	names, size := map[uint32]string{}, 0
	for range r.count() {
		index := r.u32()
		text := r.take(r.u32())
		text = text[:min(len(text), maxNameBytes)]
		if size += len(text); r.err != nil || size > maxNames {
			break
		}
		names[index] = string(text)
	}
	return names
}
