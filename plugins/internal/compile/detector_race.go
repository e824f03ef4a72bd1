//go:build race

package compile

// detector reports whether the race detector is built in. It reserves terabytes of
// address space that count as data, so no memory limit works with it.
const detector = true

// detectorTimes is the factor by which the race detector slows down compilation.
const detectorTimes = 10
