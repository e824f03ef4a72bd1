//go:build unix

package sqlite_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is the id of an account without rights; it need not have a name.
const nobody = 65534

// TestOpen_unwritable opens files that the account may not write. Root may write
// everywhere, so if the tests run as root, nobody opens them.
func TestOpen_unwritable(t *testing.T) {
	dir, err := os.MkdirTemp("", "cardea-unwritable") // nobody may not enter t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "data", "cardea.db")
	open(t, path).Close()
	for _, name := range []string{dir, filepath.Dir(path), path} {
		give(t, name, 0o700)
	}
	if text := openAsNobody(t, path); text != "opened" {
		t.Fatalf("writable: got %q, want \"opened\"", text)
	}
	for name, mode := range map[string]os.FileMode{path: 0o400, filepath.Dir(path): 0o500} {
		give(t, name, mode)
		if text := openAsNobody(t, path); !strings.Contains(text, "cannot be written") || name == path && !strings.Contains(text, "read and write it") {
			t.Errorf("%s unwritable: got %q", filepath.Base(name), text)
		}
		give(t, name, 0o700)
	}
}

// give sets the mode and, when run as root, the owner.
func give(t *testing.T, name string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		return
	}
	if err := os.Chown(name, nobody, nobody); err != nil {
		t.Fatal(err)
	}
}

// openAsNobody makes a child process open the file, and returns its output.
func openAsNobody(t *testing.T, path string) string {
	t.Helper()
	dir := filepath.Dir(filepath.Dir(path))
	cmd := exec.Command(testBinary(t, dir))
	cmd.Env = append(os.Environ(), openerEnv+"="+path, "GOCOVERDIR="+coverage(t, dir))
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// coverage returns a directory in which a binary built with -cover may write its data.
func coverage(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "cover")
	if err := os.MkdirAll(name, 0o700); err != nil {
		t.Fatal(err)
	}
	give(t, name, 0o700)
	return name
}

// testBinary copies the test binary to a place where nobody can execute it.
func testBinary(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "opener.test")
	if _, err := os.Stat(name); err == nil {
		return name
	}
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}
