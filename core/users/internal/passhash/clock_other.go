//go:build !linux

package passhash

import "time"

// startProcessor returns a function that returns the wall time since then, because CPU
// time is not precise enough here.
func startProcessor() (used func() time.Duration) {
	begun := time.Now()
	return func() time.Duration { return time.Since(begun) }
}
