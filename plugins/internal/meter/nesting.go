package meter

// nesting is the blocks that have not ended, the function's own first.
type nesting []open

// open is a block that has not ended.
type open struct {
	charge  int // the edit that charges at its head, if it is a loop or the function; else -1
	before  int // the instructions before it
	wrapped int // how many blocks up to this one are wrapped loops
}

// push opens a block.
func (n *nesting) push(charge, before int, wrapped bool) {
	b := open{charge: charge, before: before, wrapped: n.inside()}
	if wrapped {
		b.wrapped++
	}
	*n = append(*n, b)
}

// pop ends the innermost block and reports whether it was a wrapped loop.
func (n *nesting) pop() (b open, wrapped bool) {
	last := len(*n) - 1
	b, *n = (*n)[last], (*n)[:last]
	return b, b.wrapped > n.inside()
}

// inside is how many wrapped loops are open.
func (n nesting) inside() int {
	if len(n) == 0 {
		return 0
	}
	return n[len(n)-1].wrapped
}

// depth is what a branch over that many blocks has to say when the loops that it
// leaves have their wrapping around them.
func (n nesting) depth(over uint32) uint32 {
	target := len(n) - 1 - int(over)
	if target < 0 { // the module is not valid
		return over
	}
	return over + wrapping*uint32(n.inside()-n[target].wrapped)
}
