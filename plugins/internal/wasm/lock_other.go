//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package wasm

import "os"

// lockFile does nothing on platforms without file locks.
func lockFile(*os.File) (busy bool) { return false }
