//go:build race

package plugins_test

// raceEnabled: the race detector takes terabytes of addresses and ten times the
// time, so that memory is not limited under it.
const raceEnabled = true
