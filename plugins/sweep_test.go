package plugins_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins"
)

// cached lists the files of a cache except its locks.
func cached(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !strings.HasPrefix(entry.Name(), "lock-") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestOpen_sweeps: files unused for a month and leftovers of an interrupted process are
// removed from the cache; files in use and those of others stay.
func TestOpen_sweeps(t *testing.T) {
	plugins.NeedsCompiler(t)
	dir := filepath.Join(t.TempDir(), "cache")
	load(t, plugins.Config{CacheDir: dir}, plugins.Spec{Module: setting("old")})
	compiled := cached(t, dir)
	if len(compiled) != 2 {
		t.Fatalf("the cache has %q, want the metered module and the code", compiled)
	}
	now := time.Now()
	age := func(file string, read, written time.Duration) {
		t.Helper()
		if err := os.Chtimes(file, now.Add(-read), now.Add(-written)); err != nil {
			t.Fatal(err)
		}
	}
	put := func(file string, old time.Duration) {
		t.Helper()
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		age(file, old, old)
	}
	const day = 24 * time.Hour
	code := filepath.Dir(compiled[1])
	put(filepath.Join(dir, "metering-123"), 2*time.Hour)
	put(filepath.Join(dir, "metering-456"), time.Minute)
	put(filepath.Join(code, "00ff.123.tmp"), 2*time.Hour)
	put(filepath.Join(dir, "notes.txt"), 300*day)
	read := 29 * day
	if runtime.GOOS != "linux" {
		age(compiled[0], read, read)
		age(compiled[1], read, read)
	} else {
		age(compiled[0], read, 300*day)
		age(compiled[1], read, 300*day)
	}
	openHost(t, plugins.Config{CacheDir: dir})
	if got := cached(t, dir); len(got) != 4 {
		t.Errorf("after a first look: %q, want the compiled module, a write of this minute and the notes", got)
	}
	age(compiled[0], 31*day, 31*day)
	age(compiled[1], 31*day, 31*day)
	openHost(t, plugins.Config{CacheDir: dir})
	if got := cached(t, dir); len(got) != 2 {
		t.Errorf("a month later: %q, want a write of this minute and the notes", got)
	}
	load(t, plugins.Config{CacheDir: dir}, plugins.Spec{Module: setting("old")})
	if got := cached(t, dir); len(got) != 4 {
		t.Errorf("compiled again: got %q, want 4 entries", got)
	}
}
