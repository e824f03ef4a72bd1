//go:build !linux

package passhash

import "time"

// processorTime is not to be had with the precision that it takes: it is that of
// the clock.
func processorTime() time.Duration { return monotonic() }
