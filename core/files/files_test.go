//go:build unix

package files_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cardea-auth/cardea/core/files"
)

// A file that is not regular is refused at once, even one whose read would block.
func TestRead(t *testing.T) {
	dir, err := os.MkdirTemp("", "files") // short: a socket's path is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	at := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(at("file"), []byte("12345"), 0o600))
	must(os.WriteFile(at("empty"), nil, 0o600))
	must(syscall.Mkfifo(at("pipe"), 0o600))
	must(os.Symlink("file", at("link")))
	must(os.Symlink("pipe", at("link to a pipe")))
	must(os.Symlink("link", at("link to a link")))
	must(os.Symlink("nowhere", at("dangling")))
	socket, err := net.Listen("unix", at("socket"))
	must(err)
	defer socket.Close()

	for name, want := range map[string]error{
		"file": nil, "empty": nil, "link": nil, "link to a link": nil,
		"pipe": files.ErrNotRegular, "link to a pipe": files.ErrNotRegular, ".": files.ErrNotRegular,
		"dangling": os.ErrNotExist, "nothing": os.ErrNotExist,
	} {
		if _, err := files.Read(at(name), 5); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
	for _, path := range []string{at("socket"), "/dev/zero"} {
		if _, err := files.Read(path, 5); err == nil {
			t.Errorf("%s was read", path)
		}
	}
	for name, want := range map[string]string{".": "but a directory", "pipe": "but a pipe", "/dev/zero": "but a device"} {
		path := name
		if name[0] != '/' {
			path = at(name)
		}
		if _, err := files.Read(path, 5); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	// /proc/self/mem is a regular file that cannot be read from its beginning.
	if _, err := os.Stat("/proc/self/mem"); err == nil {
		if data, err := files.Read("/proc/self/mem", 5); !errors.Is(err, syscall.EIO) {
			t.Errorf("a file that cannot be read: Read(\"/proc/self/mem\", 5) = %q, %v; want error %q", data, err, syscall.EIO)
		}
	}
	before := openFiles()
	for range 8 {
		files.Read(at("file"), 5)
		files.Read(at("pipe"), 5)
	}
	if after := openFiles(); after != before {
		t.Errorf("%d files stay open", after-before)
	}
	if _, err := files.Read(at("file"), 4); !errors.Is(err, files.ErrTooLarge) {
		t.Errorf("one byte too many: got %v, want %v", err, files.ErrTooLarge)
	}
	if f, err := files.OpenFile(at("pipe"), os.O_RDWR|os.O_CREATE, 0o600); !errors.Is(err, files.ErrNotRegular) {
		t.Errorf("a pipe opened for writing: got %v, %v; want error %q", f, err, files.ErrNotRegular)
	}
}

// openFiles returns the number of open files of this process, if the system reports it.
func openFiles() int {
	list, _ := os.ReadDir("/proc/self/fd")
	return len(list)
}

func TestCheckPrivate(t *testing.T) {
	for mode, fine := range map[os.FileMode]bool{
		0o700: true, 0o750: true, 0o770: true, 0o755: true, 0o777: false, 0o702: false,
	} {
		dir := t.TempDir()
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		if err := files.CheckPrivate(dir); (err == nil) != fine {
			t.Errorf("mode %o: got error %v, want accepted %v", mode, err, fine)
		}
	}
	if err := files.CheckPrivate(filepath.Join(t.TempDir(), "nothing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v for a directory that is not there, want error %q", err, os.ErrNotExist)
	}
	if os.Geteuid() != 0 {
		t.Log("only root can give a directory to a strange group: the rest is left out")
		return
	}
	dir := t.TempDir()
	if err := errors.Join(os.Chown(dir, -1, 54321), os.Chmod(dir, 0o770)); err != nil {
		t.Fatal(err)
	}
	if err := files.CheckPrivate(dir); err == nil {
		t.Error("a directory that another group can write is accepted")
	}
	if err := errors.Join(os.Chmod(dir, 0o750), files.CheckPrivate(dir)); err != nil {
		t.Errorf("a directory that another group can read: got %v", err)
	}
}
