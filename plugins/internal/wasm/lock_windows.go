package wasm

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile locks f and reports whether another process holds the lock.
func lockFile(f *os.File) (busy bool) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	return errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
