//go:build race

package plugins_test

// raceEnabled: the race detector uses terabytes of address space and ten times the time, so
// memory is not limited under it.
const raceEnabled = true
