//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package wasm

import (
	"errors"
	"os"
	"syscall"
)

// lockFile locks f and reports whether another process holds the lock. On file systems
// without locks it reports false.
func lockFile(f *os.File) (busy bool) {
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
