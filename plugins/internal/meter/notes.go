package meter

import (
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
		return Notes{}, errors.New("metered by another version, must be " + strconv.Itoa(Version))
	}
	n := Notes{Stateful: r.byte() == 1}
	for range r.count() {
		n.Globals = append(n.Globals, r.name())
	}
	return n, r.err
}
