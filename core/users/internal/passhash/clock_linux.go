package passhash

import (
	"syscall"
	"time"
)

// startProcessor returns a function that returns the CPU time of this process since then,
// with a resolution of a microsecond; other systems count in ticks of several milliseconds.
func startProcessor() (used func() time.Duration) {
	begun, begin := time.Now(), processorTime()
	return func() time.Duration {
		if now := processorTime(); begin >= 0 && now >= 0 {
			return now - begin
		}
		return time.Since(begun)
	}
}

// processorTime returns the CPU time of this process, -1 if it is unknown.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return -1
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
