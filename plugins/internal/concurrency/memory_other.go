//go:build !linux

package concurrency

// usableMemory returns the bytes of memory that this process may use, 0 if it is
// not known.
func usableMemory() int64 { return 0 }
