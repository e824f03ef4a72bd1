//go:build unix

package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/sqlite"
)

// If the file is replaced while it is open, every write and every read of the log fails,
// until the original file is back.
func TestStore_replaced(t *testing.T) {
	for name, replace := range map[string]func(path string) error{
		"moved away": func(string) error { return nil },
		"a new file": func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"a copy": func(path string) error {
			data, err := os.ReadFile(path + ".away")
			if err == nil {
				err = os.WriteFile(path, data, 0o600)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, ctx := file(t), context.Background()
			s := open(t, path)
			calls := map[string]func() error{
				"Ping": func() error { return s.Ping(ctx) }, "CheckWrite": func() error { return s.CheckWrite(ctx) },
				"AppendRevocations": func() error {
					return s.AppendRevocations(ctx, api.Revocation{Kind: api.RevokeToken, Key: "t", At: time.Now(), Expires: time.Now()})
				},
				"RevocationsSince": func() error { _, err := s.RevocationsSince(ctx, 0, time.Time{}, 10); return err },
			}
			check := func(when, want string) {
				t.Helper()
				for call, do := range calls {
					if err := do(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
						t.Errorf("%s, %s: got %v, want %q", when, call, err, want)
					}
				}
			}
			check("before", "")
			if err := os.Rename(path, path+".away"); err != nil {
				t.Fatal(err)
			}
			if err := replace(path); err != nil {
				t.Fatal(err)
			}
			check("replaced", "the file was replaced or deleted")
			if err := os.Rename(path+".away", path); err != nil {
				t.Fatal(err)
			}
			check("put back", "")
		})
	}
}

// A pipe does not block Open, and a directory with open permissions is refused.
func TestOpen_withCare(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), sqlite.Config{Path: pipe}); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a pipe: got %v, want an error with %q", err, "not a regular file")
	}
	path := file(t)
	open(t, path).Close()
	if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), sqlite.Config{Path: path}); err == nil || !strings.Contains(err.Error(), "written by everybody") {
		t.Errorf("a directory that everybody writes: got %v, want an error with %q", err, "written by everybody")
	}
}

// TestCheckWrite: if the file can be read but not written, Ping succeeds and CheckWrite
// fails.
func TestCheckWrite(t *testing.T) {
	path := file(t)
	s := open(t, path)
	if err := s.CheckWrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := raw(t, path, "BEGIN IMMEDIATE") // blocks all other writers
	defer other.Close()
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("reading: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := s.CheckWrite(ctx); err == nil || !strings.Contains(err.Error(), "is not writable") {
		t.Errorf("writing: CheckWrite() = %v, want an error with %q", err, "is not writable")
	}
}
