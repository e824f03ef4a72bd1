//go:build !unix

package wasm

import "os"

// privateDir creates dir; access rights are inherited from its parent.
func privateDir(dir string) error { return os.MkdirAll(dir, 0o700) }
