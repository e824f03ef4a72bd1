//go:build unix

package cli

import (
	"bytes"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/app"
)

const quietServer = "server: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\", shutdown_delay: 0s}\n"

// TestConfigCheck_emptyFile: a file that sets nothing causes a warning.
func TestConfigCheck_emptyFile(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing yet\n", "{}\n"} {
		t.Chdir(t.TempDir())
		writeFile(t, "cardea.yaml", text)
		if out, errs := configCheck(t, "--offline"); strings.Contains(out, "fine") || !strings.Contains(errs, "cardea.yaml sets nothing") {
			t.Errorf("%q: config check says %s%s, want that cardea.yaml sets nothing", text, out, errs)
		}
	}
}

// TestConfigCheck_proxyOnce: an invalid proxy is reported once, at its setting.
func TestConfigCheck_proxyOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\nserver: {trusted_proxies: [10.0.0/24]}\n")
	var out bytes.Buffer
	code := Program{}.run(t.Context(), []string{"config", "check", "--offline"}, strings.NewReader(""), &out, &out)
	if said := out.String(); code != 78 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "server.trusted_proxies[0]: ") {
		t.Errorf("exit %d\n%s", code, said)
	}
}

// TestConfigCheck_openKeys: the check warns about the mode of a key file, as the start
// does.
func TestConfigCheck_openKeys(t *testing.T) {
	app.Quiet()
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\n"+quietServer)
	if ok, said := serveUntilUp(t); !ok {
		t.Fatal(said)
	}
	for mode, want := range map[os.FileMode]bool{0o600: false, 0o644: true, 0o640: true} {
		if err := os.Chmod("d/keys.json", mode); err != nil {
			t.Fatal(err)
		}
		if _, errs := configCheck(t); strings.Contains(errs, "d/keys.json, which holds the keys that sign tokens: chmod 600") != want {
			t.Errorf("mode %v: config check says %s, want a warning of d/keys.json: %v", mode, errs, want)
		}
		if _, said := serveUntilUp(t); strings.Contains(said, "key file can be read") != want {
			t.Errorf("%v: serve says %s", mode, said)
		}
	}
}

// TestManage_storeRefused: if no store can be created, no message says that one was.
func TestManage_storeRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\n")
	if err := os.Mkdir("d", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod("d", 0o777); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := Program{}.run(t.Context(), []string{"user", "add", "anna"}, strings.NewReader(""), &out, &out)
	if code == 0 || strings.Contains(out.String(), "a new store was created") {
		t.Errorf("exit %d\n%s", code, out.String())
	}
}

// TestServe_exitCode: serve ends with the same exit code as the check for an invalid
// configuration, whichever part finds the mistake. An address in use has another code,
// since it may be free later.
func TestServe_exitCode(t *testing.T) {
	app.Quiet()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for name, tc := range map[string]struct {
		text string
		want int
	}{
		"unknown setting":   {"data: d\nports: 1\n", 78},
		"missing TLS files": {"data: d\nserver: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\", tls: {cert_file: a.crt, key_file: a.key}}\n", 78},
		"missing plugin":    {"data: d\n" + quietServer + "plugins: [{name: p, file: p.wasm}]\nhooks: [{point: auth-expire, plugin: p}]\n", 78},
		"data in a file":    {"data: cardea.yaml\n" + quietServer, 78},
		"address in use":    {"data: d\nserver: {listen: \"" + l.Addr().String() + "\", admin_listen: \"127.0.0.1:0\"}\n", exitBusy},
	} {
		t.Chdir(t.TempDir())
		writeFile(t, "cardea.yaml", tc.text)
		var out bytes.Buffer
		if code := (Program{}).run(t.Context(), []string{"serve"}, strings.NewReader(""), &out, &out); code != tc.want {
			t.Errorf("%s: exit %d, want %d\n%s", name, code, tc.want, out.String())
		}
	}
}
