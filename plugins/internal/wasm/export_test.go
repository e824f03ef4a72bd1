package wasm

import (
	"runtime"
	"testing"
)

// NeedsCompiler leaves a test out where modules are interpreted.
func NeedsCompiler(t *testing.T) {
	t.Helper()
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("modules are interpreted on this processor: there is no compiled code, and calls go at most 2,000 deep")
	}
}
