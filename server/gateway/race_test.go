//go:build race

package gateway

// raceEnabled: the race detector takes about ten times the time.
const raceEnabled = true
