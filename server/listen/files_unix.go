//go:build unix

package listen

import (
	"math"
	"syscall"
)

// maxFiles returns the open files limit of the process; 0: unknown or unlimited.
func maxFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	if n := uint64(limit.Cur); n < math.MaxInt32 {
		return int(n)
	}
	return 0 // no limit
}
