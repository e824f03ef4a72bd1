//go:build !unix

package users

import "time"

// processorTime is not to be had: it is that of the clock.
func processorTime() time.Duration { return monotonic() }
