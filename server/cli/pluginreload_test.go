package cli

import (
	"crypto/sha256"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPluginReload: changes in cardea.yaml and in a plugin's files apply from the next
// call on, and invalid ones have no effect.
func TestPluginReload(t *testing.T) {
	dir := t.TempDir()
	pin := signedPlugin(t, dir)
	file := filepath.Join(dir, "cardea.yaml")
	putFile(t, file, strings.Replace(firstProfile(devFlags{listen: "127.0.0.1:0"}), "file: builtin:short-expiry",
		"file: guest.wasm\n    signed: true\n    sha256: "+pin, 1)+"sandbox: {watch: 0, signers: [{name: us, file: release.key.pub}]}\n")
	s := startDev(t, dir, "--config", file)
	says := func(want string) {
		t.Helper()
		if got, _ := part(t, s.login(s.User, *s.Password), 1)["plan"].(string); got != want {
			t.Fatalf("the token's plan is %q, want %q\n%s", got, want, s.log)
		}
	}
	says("trial")
	if list := s.cardea("plugin", "list"); !strings.Contains(list, pin[:12]) || !strings.Contains(list, "auth-expire token-claims") {
		t.Errorf("the list is\n%s", list)
	}

	edit(t, file, "value: trial", "value: gold")
	says("trial")
	s.cardea("plugin", "reload", "short-expiry")
	says("gold")

	edit(t, file, "value: gold", "value: silver")
	edit(t, file, pin, strings.Repeat("0", 64))
	reloadFails(t, dir, "stays as it was: reload plugin short-expiry: the module's SHA-256 is "+pin)
	edit(t, file, strings.Repeat("0", 64), pin)
	putFile(t, filepath.Join(dir, "guest.json"), strings.Replace(string(readFile(t, filepath.Join(dir, "guest.json"))), "1.0.0", "1.0.1", 1))
	reloadFails(t, dir, "it is for another manifest: sign again")
	edit(t, file, "sandbox:", "sandbxo:")
	reloadFails(t, dir, `unknown key "sandbxo"`)
	edit(t, file, "sandbxo:", "sandbox:")
	reloadFails(t, dir, `no plugin "lost" is loaded, only short-expiry`, "lost")
	says("gold")
}

// signedPlugin puts a signed plugin into dir and returns its digest.
func signedPlugin(t *testing.T, dir string) (pin string) {
	t.Helper()
	for _, suffix := range []string{".wasm", ".json"} {
		text := readFile(t, filepath.Join(shortExpiryDir, "short-expiry"+suffix))
		putFile(t, filepath.Join(dir, "guest"+suffix), string(text))
	}
	cardea(t, dir, "plugin", "sign", "--generate", "--key", "release.key", "guest.wasm")
	return fmt.Sprintf("%x", sha256.Sum256(readFile(t, filepath.Join(dir, "guest.wasm"))))
}

func reloadFails(t *testing.T, dir, says string, args ...string) {
	t.Helper()
	cmd := exec.Command("cardea", append([]string{"plugin", "reload"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), says) {
		t.Errorf("got %v, want %q in\n%s", err, says, out)
	}
}
