//go:build !linux

package concurrency

// usableMemory returns the bytes of memory that this process may use, 0 if unknown.
func usableMemory() int64 { return 0 }
