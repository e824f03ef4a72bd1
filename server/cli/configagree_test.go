//go:build unix

package cli

import (
	"bytes"
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

// TestConfigCheck_proxyOnce: a bad proxy is one mistake, at its setting.
func TestConfigCheck_proxyOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\nserver: {trusted_proxies: [10.0.0/24]}\n")
	var out bytes.Buffer
	code := Program{}.run(t.Context(), []string{"config", "check", "--offline"}, strings.NewReader(""), &out, &out)
	if said := out.String(); code != 78 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "server.trusted_proxies[0]: ") {
		t.Errorf("exit %d\n%s", code, said)
	}
}
