//go:build race

package compile

// detector says that the race detector is built in. It reserves terabytes of
// addresses, which count as data, so that no limit on memory can hold beside it.
const detector = true

// detectorTimes is how many times as long compiling takes with it.
const detectorTimes = 10
