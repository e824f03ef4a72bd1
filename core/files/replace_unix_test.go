//go:build unix

package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestReplace: a failed replacement leaves no temporary file behind.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, text := range []string{"one", "two"} {
		must(t, Replace(path, []byte(text)))
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("ReadFile = %q, %v; want %q", got, err, text)
		}
	}
	must(t, os.MkdirAll(filepath.Join(dir, "full", "x"), 0o700))
	if err := Replace(filepath.Join(dir, "full"), nil); err == nil {
		t.Error("a directory was replaced")
	}
	if err := Replace(filepath.Join(dir, "none", "a"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a directory: got %v, want error %q", err, fs.ErrNotExist)
	}
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("got %v, want the file and the directory", list)
	}
	for name, err := range map[string]error{"no directory": syncDir(filepath.Join(dir, "none")), "no directory but a pipe": syncDir("/dev/null")} {
		if err == nil {
			t.Errorf("%s was synced", name)
		}
	}
}

// TestKeepOwner: an account other than root does not take a file from another one.
func TestKeepOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root can give files to others: the test is left out")
		return
	}
	path := filepath.Join(t.TempDir(), "a")
	for _, c := range []struct {
		owner int // -1: the file is missing
		ok    bool
	}{{-1, true}, {0, true}, {1234, true}, {4321, false}} {
		if c.owner >= 0 {
			must(t, os.WriteFile(path, nil, 0o600))
			must(t, os.Chown(path, c.owner, c.owner))
		}
		if err := keepOwner(nil, path, 1234); (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), "belongs to user 4321") {
			t.Errorf("a file of %d: got %v, want success %t", c.owner, err, c.ok)
		}
	}
}

// TestLock: waiting for a lock ends with the context, and succeeds once the lock is free.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), path)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := Lock(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v while it is held, want error %q", err, context.DeadlineExceeded)
	}
	unlock()
	unlock, err = Lock(t.Context(), path)
	must(t, err)
	unlock()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
