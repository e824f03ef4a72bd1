package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestConfigCheck_unwritable: a directory that is not writable is reported once. Nobody
// can write in /proc, not even root.
func TestConfigCheck_unwritable(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "cardea.yaml")
	writeFile(t, file, "data: /proc/cardea\n")
	code, out := tool(t, "", "config", "check", "--config", file)
	if code == 0 || !strings.Contains(out, "or choose another") || strings.Contains(out, "correct the path") {
		t.Errorf("exit %d\n%s\nwant one cure", code, out)
	}
}
