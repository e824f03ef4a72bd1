package passhash

import (
	"syscall"
	"time"
)

// processorTime is what this process has used of all processors, to the
// microsecond; other systems count in ticks of several milliseconds.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return monotonic()
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
