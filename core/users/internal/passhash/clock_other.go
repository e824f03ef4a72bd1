//go:build !linux

package passhash

import "time"

// processorTime returns wall time, because CPU time is not precise enough here.
func processorTime() time.Duration { return monotonic() }
