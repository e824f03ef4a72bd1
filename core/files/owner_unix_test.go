//go:build unix

package files_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/cardea-auth/cardea/core/files"
)

// other is the id of an account other than root; it need not have a name.
const other = 65534

// TestOwner: what root creates or replaces belongs to the account that owns the old file or
// the directory.
func TestOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root can write for another account: the test is left out")
		return
	}
	for name, write := range map[string]func(path string) error{
		"Replace":  func(path string) error { return files.Replace(path, []byte("new")) },
		"MkdirAll": func(path string) error { return files.MkdirAll(filepath.Join(path, "b", "c")) },
		"Lock": func(path string) error {
			unlock, err := files.Lock(t.Context(), path)
			if err == nil {
				unlock()
			}
			return err
		},
		"OpenFile": func(path string) error {
			f, err := files.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
			if err == nil {
				err = f.Close()
			}
			return err
		},
	} {
		dir := t.TempDir()
		own(t, dir, other)
		for _, c := range []struct {
			file         string
			before, want int // before: -1 if it is missing
		}{
			{"missing", -1, other}, {"other's", other, other}, {"root's", 0, 0}, {"third's", 54321, 54321},
		} {
			path := filepath.Join(dir, c.file)
			if c.before >= 0 {
				if name == "MkdirAll" {
					continue
				}
				if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
					t.Fatal(err)
				}
				own(t, path, c.before)
			}
			if err := write(path); err != nil {
				t.Errorf("%s, %s: %v", name, c.file, err)
			}
			for _, sub := range []string{"", "b", filepath.Join("b", "c")} {
				info, err := os.Lstat(filepath.Join(path, sub))
				if err != nil && sub != "" {
					continue
				}
				if st, ok := info.Sys().(*syscall.Stat_t); !ok || int(st.Uid) != c.want {
					t.Errorf("%s, %s: got owner %v, want %d", name, filepath.Join(c.file, sub), st.Uid, c.want)
				}
			}
		}
	}
	if dir := t.TempDir(); files.IsForeign(dir) || files.IsForeign(filepath.Join(dir, "none")) {
		t.Error("a directory of root, or a missing one, is of another account")
	} else if own(t, dir, other); !files.IsForeign(dir) {
		t.Error("a directory of another account is of root")
	}
}

func own(t *testing.T, path string, uid int) {
	t.Helper()
	if err := os.Chown(path, uid, uid); err != nil {
		t.Fatal(err)
	}
}
