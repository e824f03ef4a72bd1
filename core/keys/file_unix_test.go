//go:build unix

package keys

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
)

// fileOf returns a file of keys in a new directory, with its first key, and its log.
func fileOf(t *testing.T) (*file, *kept, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	f := &file{path: filepath.Join(t.TempDir(), "keys.json"), logger: slog.New(slog.NewTextHandler(log, nil))}
	k := &kept{vault: f}
	if _, err := k.update(t.Context(), life{}.ensure); err != nil {
		t.Fatal(err)
	}
	return f, k, log
}

// unwritable returns a directory in which the test cannot create a file.
func unwritable(t *testing.T) string {
	t.Helper()
	dir := "/sys" // root may write anywhere else
	if os.Geteuid() != 0 {
		dir = t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
	}
	if f, err := os.Create(filepath.Join(dir, "probe")); !files.IsReadOnly(err) {
		f.Close()
		t.Fatalf("created a file in %s (%v): run the tests as a user without that right", dir, err)
	}
	return dir
}

// TestFile_failing: if any step of a change fails, the keys are unchanged in memory and on
// disk, and the error names the file.
func TestFile_failing(t *testing.T) {
	broken := errors.New("broken")
	rotate := func(list []entry) ([]entry, error) { return life{now: hours(1)}.rotate(list) }
	for name, tc := range map[string]struct {
		prepare func(t *testing.T, f *file)
		change  func([]entry) ([]entry, error)
		want    string
	}{
		"the lock is a directory": {func(t *testing.T, f *file) {
			must(t, os.Remove(f.path+".lock"))
			must(t, os.Mkdir(f.path+".lock", 0o700))
		}, rotate, "lock key file "},
		"the directory is gone":   {func(t *testing.T, f *file) { must(t, os.RemoveAll(filepath.Dir(f.path))) }, rotate, "lock key file "},
		"the file is gone":        {func(t *testing.T, f *file) { must(t, os.Remove(f.path)) }, rotate, "key file "},
		"the file is damaged":     {func(t *testing.T, f *file) { must(t, os.WriteFile(f.path, []byte("{"), 0o600)) }, rotate, "restore it from a backup"},
		"the file is too large":   {func(t *testing.T, f *file) { must(t, os.Truncate(f.path, maxRingBytes+1)) }, rotate, "key file "},
		"the change fails":        {func(*testing.T, *file) {}, func([]entry) ([]entry, error) { return nil, broken }, "broken"},
		"a key cannot be written": {func(*testing.T, *file) {}, func([]entry) ([]entry, error) { return []entry{{key: api.Key{Algorithm: "ES256", Public: 7}}}, nil }, "write key file "},
		"a directory in its place": {func(t *testing.T, f *file) {
			must(t, os.Rename(f.path, f.path+".old"))
			must(t, os.MkdirAll(filepath.Join(f.path, "x"), 0o700))
			f.text = nil
		}, rotate, "key file "},
	} {
		t.Run(name, func(t *testing.T) {
			f, k, _ := fileOf(t)
			tc.prepare(t, f)
			list, before := k.list, asWritten(k.list)
			got, err := k.update(t.Context(), tc.change)
			if got != nil || err == nil || !strings.Contains(err.Error(), tc.want) || name != "the change fails" && !strings.Contains(err.Error(), f.path) {
				t.Errorf("got %v, %v, want %q", got, err, tc.want)
			}
			if asWritten(k.list) != before || len(list) != 1 {
				t.Errorf("the keys became %q, were %q", asWritten(k.list), before)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(f.path), ".keys*")); len(left) > 0 {
				t.Errorf("%v stay behind", left)
			}
		})
	}
}

// TestFile_readOnly: keys on a read-only mount can be read; changes fail.
func TestFile_readOnly(t *testing.T) {
	k := &kept{vault: NewFileVault(filepath.Join(unwritable(t), "keys.json"), nil)}
	if list, err := k.update(t.Context(), life{}.ensure); list != nil || err == nil || !strings.HasPrefix(err.Error(), "write key file ") {
		t.Errorf("update: got %v, %v; want nil and an error that begins with %q", list, err, "write key file ")
	}
	for err, want := range map[error]bool{syscall.EACCES: true, syscall.EPERM: true, syscall.EROFS: true, fs.ErrPermission: true, syscall.ENOENT: false, syscall.ENOSPC: false} {
		if files.IsReadOnly(err) != want {
			t.Errorf("%v: want read-only: %v", err, want)
		}
	}
}

// TestFile_changes tests when the file is read again and written, and what is warned about.
func TestFile_changes(t *testing.T) {
	f, k, log := fileOf(t)
	same := func(list []entry) ([]entry, error) { return list, nil }
	stat := func() time.Time {
		info, err := os.Stat(f.path)
		must(t, err)
		return info.ModTime()
	}
	must(t, os.Chtimes(f.path, hours(0), hours(0)))
	_, err := k.update(t.Context(), same)
	must(t, err)
	if !stat().Equal(hours(0)) {
		t.Error("nothing changed, and it was written")
	}
	for what, change := range map[string]func(e *entry){
		"a moment": func(e *entry) { e.notBefore = e.notBefore.Add(time.Hour) }, "a state": func(e *entry) { e.state = Retiring },
	} {
		must(t, os.Chtimes(f.path, hours(0), hours(0)))
		_, err = k.update(t.Context(), func(list []entry) ([]entry, error) {
			e := list[0]
			change(&e)
			return []entry{e}, nil
		})
		must(t, err)
		if stat().Equal(hours(0)) {
			t.Errorf("%s changed, and it was not written", what)
		}
	}
	if log.Len() > 0 {
		t.Errorf("a warning about a file of ours:\n%s", log)
	}
	for mode, warned := range map[fs.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0o610: true} {
		log.Reset()
		must(t, os.Chmod(f.path, mode))
		f.text = nil
		must(t, f.load())
		if got := strings.Contains(log.String(), "can be read by other users"); got != warned {
			t.Errorf("%v: warned %v:\n%s", mode, got, log)
		}
	}
}
