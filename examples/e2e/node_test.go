package e2e

import (
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

func TestMain(m *testing.M) { os.Exit(parts.Main(m)) }

var npm sync.Mutex

// node returns the path of node, after installing the modules of package-lock.json.
func node(t *testing.T) string {
	t.Helper()
	path := parts.Find(t, "node", "nodejs")
	npm.Lock()
	defer npm.Unlock()
	lock, err := os.Stat("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if done, err := os.Stat("node_modules/.package-lock.json"); err == nil && !done.ModTime().Before(lock.ModTime()) {
		return path
	}
	install := exec.CommandContext(t.Context(), parts.Find(t, "npm", "npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	if out, err := install.CombinedOutput(); err != nil {
		parts.Missing(t, "npm modules", "npm ci failed in examples/e2e: "+string(out))
	}
	return path
}
