package shortexpiry

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGo_behaviour builds the plugin in go/ with the standard Go toolchain and runs it in
// the host: both builds must behave the same.
func TestGo_behaviour(t *testing.T) {
	if testing.Short() {
		t.Skip("building and compiling a Go guest takes seconds")
	}
	out := filepath.Join(t.TempDir(), "short-expiry.wasm")
	build := exec.Command("go", "build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", out, "./go")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	module, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	checkBehaviour(t, module)
}
