package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestServe_olderKeys: a key file that is older than the database is reported, and the
// advice in the message works.
func TestServe_olderKeys(t *testing.T) {
	p := &place{t: t, dir: t.TempDir()}
	t.Chdir(p.dir)
	writeFile(t, "cardea.yaml", "server: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\", shutdown_delay: 0s}\ndata: d\n")
	p.run("user add anna")
	p.run("keys list")
	old, kid := filepath.Join("d", "keys.json"), p.kid
	backup, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	if p.run("keys revoke -- " + kid); p.status != 0 {
		t.Fatalf("keys revoke: %s", p.errs)
	}
	const says = "was revoked and is in the file of keys again"
	if _, said := serveUntilUp(t); strings.Contains(said, "in the key file again") {
		t.Errorf("without a restore it says\n%s", said)
	}
	checks := map[string]string{"config check": says, "doctor " + stub(t, nil): "revoked keys are in d/keys.json again: " + kid}
	for args, says := range checks {
		if _, out := here(t, args); strings.Contains(out, says) {
			t.Errorf("without a restore %s says\n%s", args, out)
		}
	}
	writeFile(t, old, string(backup))
	for args, says := range checks {
		if _, out := here(t, args); strings.Count(out, says) != 1 || !strings.Contains(out, kid) {
			t.Errorf("after it %s says\n%s", args, out)
		}
	}
	if _, said := serveUntilUp(t); strings.Count(said, "a revoked signing key is in the key file again") != 1 || !strings.Contains(said, `"kid":"`+kid+`"`) {
		t.Errorf("the start says nothing of the older keys:\n%s", said)
	}
	if p.run("keys list"); !strings.Contains(p.out, kid+"  HS256      revoked") {
		t.Errorf("the list calls the key\n%s", p.out)
	}
	p.run("keys revoke -- " + kid)
	if _, said := serveUntilUp(t); strings.Contains(said, "in the key file again") {
		t.Errorf("after the cure it says\n%s", said)
	}
}
