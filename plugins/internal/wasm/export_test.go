package wasm

import (
	"os"
	"runtime"
	"testing"
)

// NeedsCompiler skips a test of compiled code on platforms that interpret modules, which is
// ten times slower and caches no code; with CARDEA_REQUIRE_ALL=1 the test fails there.
func NeedsCompiler(t *testing.T) {
	t.Helper()
	if runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64" {
		return
	}
	const why = "modules are interpreted on this processor"
	if os.Getenv("CARDEA_REQUIRE_ALL") == "1" {
		t.Fatal(why + " and CARDEA_REQUIRE_ALL=1")
	}
	t.Skip(why)
}
