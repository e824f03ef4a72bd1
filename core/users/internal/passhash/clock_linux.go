package passhash

import (
	"syscall"
	"time"
)

// processorTime returns the CPU time of this process with a resolution of a
// microsecond; other systems count in ticks of several milliseconds.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return monotonic()
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
