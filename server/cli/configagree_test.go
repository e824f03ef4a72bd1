//go:build unix

package cli

import (
	"strings"
	"testing"
)

// TestConfigCheck_emptyFile: a file that sets nothing is not fine.
func TestConfigCheck_emptyFile(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing yet\n", "{}\n"} {
		t.Chdir(t.TempDir())
		writeFile(t, "cardea.yaml", text)
		if out, errs := check(t, "--offline"); strings.Contains(out, "fine") || !strings.Contains(errs, "cardea.yaml sets nothing") {
			t.Errorf("%q: %s%s", text, out, errs)
		}
	}
}
