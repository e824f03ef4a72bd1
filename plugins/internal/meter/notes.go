package meter

import (
	"bytes"
	"errors"
	"strconv"
)

// Section is the custom section that holds the [Notes].
const Section = "cardea.meter"

func (n Notes) append(out []byte) []byte {
	state := byte(0)
	if n.Stateful {
		state = 1
	}
	out = appendU32(append(out, Version, state), uint32(len(n.Globals)))
	for _, name := range n.Globals {
		out = appendName(out, name)
	}
	return out
}

// ReadNotes reads the content of the custom section [Section].
func ReadNotes(content []byte) (Notes, error) {
	r := &reader{data: content}
	if r.byte() != Version {
		return Notes{}, errors.New("metered by another version: " + strconv.Itoa(Version) + " is wanted")
	}
	n := Notes{Stateful: r.byte() == 1}
	for range r.count() {
		n.Globals = append(n.Globals, r.name())
	}
	return n, r.err
}

// CustomSection returns the content of the first custom section of that name in
// any bytes, as far as they are a module.
func CustomSection(data []byte, name string) ([]byte, bool) {
	if !bytes.HasPrefix(data, []byte(magic)) {
		return nil, false
	}
	r := &reader{data: data, pos: len(magic)}
	for r.more() {
		id := r.byte()
		s := &reader{data: r.take(r.u32())}
		if r.err == nil && id == secCustom && s.name() == name && s.err == nil {
			return s.data[s.pos:], true
		}
	}
	return nil, false
}
