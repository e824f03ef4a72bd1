package meter

// nesting is the stack of open blocks, starting with the function body.
type nesting []open

// open is a block that has not ended.
type open struct {
	charge  int // index of the edit that charges at its head, for a loop or the function; else -1
	before  int // number of instructions before the block
	wrapped int // number of wrapped loops up to and including this block
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

// inside returns the number of open wrapped loops.
func (n nesting) inside() int {
	if len(n) == 0 {
		return 0
	}
	return n[len(n)-1].wrapped
}

// depth returns the label of a branch over that many blocks, including the blocks added
// around the wrapped loops that it leaves.
func (n nesting) depth(over uint32) uint32 {
	target := len(n) - 1 - int(over)
	if target < 0 { // the module is not valid
		return over
	}
	return over + wrapping*uint32(n.inside()-n[target].wrapped)
}
