//go:build !unix

package wasm

import "os"

// privateDir makes dir; who may enter it is inherited from its parent.
func privateDir(dir string) error { return os.MkdirAll(dir, 0o700) }
