//go:build unix

package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cardea-auth/cardea/server/control"
)

// TestChanging_keepsOwner: if root changes the data of a server that another account runs,
// every file in it still belongs to that account, whether it was replaced or created.
func TestChanging_keepsOwner(t *testing.T) {
	const other = 65534 // an account; it need not have a name
	if os.Geteuid() != 0 {
		t.Log("only root can write for another account: the test is left out")
		return
	}
	t.Chdir(t.TempDir())
	if err := os.Chown(".", other, other); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "cardea.yaml", readOnlyConfig)
	check := func(after, dir string) {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if st, ok := info.Sys().(*syscall.Stat_t); !ok || st.Uid != other {
				t.Errorf("after %s, %s belongs to user %v, want %d", after, path, st.Uid, other)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	p := &place{t: t}
	for _, c := range managing() {
		if strings.Contains(c.args, "KID") {
			p.run("keys list")
		}
		if p.run(c.args); p.status != 0 {
			t.Errorf("%s: %s", c.args, p.errs)
		}
		check(c.args, "d")
	}
	if err := writeProfile(filepath.Join("x", "cardea.yaml"), devFlags{}); err != nil {
		t.Fatal(err)
	}
	lock, err := control.Lock("x")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	check("the start of cardea dev", "x")
}
