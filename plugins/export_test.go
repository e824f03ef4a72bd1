package plugins

import (
	"os"
	"runtime"
	"testing"
)

// NeedsCompiler leaves a test of compiled code out where modules are interpreted,
// which takes ten times as long and keeps no code; under CARDEA_REQUIRE_ALL=1 it
// fails there.
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
