package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/core/store/sqlite"
)

// TestOpen_checkpoint: once a new store is open, a copy of its main file alone has tables;
// a file without any is empty.
func TestOpen_checkpoint(t *testing.T) {
	path := file(t)
	open(t, path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data  []byte
		empty bool
	}{"a copy": {data, false}, "no bytes": {nil, true}} {
		copied := filepath.Join(t.TempDir(), "cardea.db")
		if err := os.WriteFile(copied, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if empty, err := sqlite.IsEmpty(t.Context(), copied); err != nil || empty != c.empty {
			t.Errorf("%s: empty %t, %v; want %t", name, empty, err, c.empty)
		}
	}
}
