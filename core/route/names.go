package route

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Names is a set of header names that are compared as by [Alias]. Nil is the empty set. It
// is immutable and safe for concurrent use.
type Names struct {
	whole  map[string]bool // normalized
	begins map[string]bool // normalized prefixes, each ending in a hyphen
	// A quick filter, since most names are in no set: the lengths of members, as bits, by
	// the first two bytes of a name.
	lengths [1 << 10]uint64
}

// maxName is the maximum length of a name in a set, in bytes.
const maxName = 128

// NewNames returns the set of these names. A name that ends in "-*" matches all names with
// that prefix. A name that is empty or longer than 128 bytes is ignored.
func NewNames(lists ...[]string) *Names {
	n := &Names{whole: map[string]bool{}, begins: map[string]bool{}}
	for _, list := range lists {
		for _, name := range list {
			n.add(name)
		}
	}
	return n
}

func (n *Names) add(name string) {
	set, bits := n.whole, lengthBit(name)
	if begin, ok := strings.CutSuffix(name, "*"); ok && strings.HasSuffix(begin, "-") {
		name, set, bits = begin, n.begins, ^uint64(0)
	}
	if name == "" || len(name) > maxName {
		return
	}
	var b [maxName]byte
	set[string(foldInto(&b, name))] = true
	n.lengths[pair(name)] |= bits
}

// Has reports whether name is in the set, in any spelling. It does not allocate.
func (n *Names) Has(name string) bool {
	return n != nil && name != "" && n.lengths[pair(name)]&lengthBit(name) != 0 && n.holds(name)
}

// holds is Has for a name that passes the filter of lengths.
//
//go:noinline
func (n *Names) holds(name string) bool {
	var b [maxName]byte
	folded := foldInto(&b, name)
	return len(name) <= maxName && n.whole[string(folded)] || n.hasBegin(folded)
}

// hasBegin reports whether folded begins with a prefix of the set.
func (n *Names) hasBegin(folded []byte) bool {
	if len(n.begins) == 0 {
		return false
	}
	for i, c := range folded {
		if c == '-' && n.begins[string(folded[:i+1])] {
			return true
		}
	}
	return false
}

// Without returns h without the names in the set, except those for which keep returns true
// (nil keeps none). It returns h itself if nothing is removed, otherwise a copy that shares
// the values.
func (n *Names) Without(h api.Header, keep func(name string) bool) api.Header {
	goes := func(name string) bool { return n.Has(name) && (keep == nil || !keep(name)) }
	for name := range h {
		if goes(name) {
			return copyWithout(h, goes)
		}
	}
	return h
}

func copyWithout(h api.Header, goes func(name string) bool) api.Header {
	out := make(api.Header, len(h))
	for name, values := range h {
		if !goes(name) {
			out[name] = values
		}
	}
	return out
}

// lengthBit returns the bit for the length of a name; some lengths share one.
func lengthBit(name string) uint64 { return 1 << (len(name) & 63) }

// pair returns the index into lengths for the first two bytes of a name, normalized.
func pair(name string) int {
	second := byte(0)
	if len(name) > 1 {
		second = fold(name[1])
	}
	return int(fold(name[0])&31)<<5 | int(second&31)
}

// foldInto writes the normalized name to b, cut to its size.
func foldInto(b *[maxName]byte, name string) []byte {
	size := min(len(name), maxName)
	for i := range size {
		b[i] = fold(name[i])
	}
	return b[:size]
}
