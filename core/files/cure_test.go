package files_test

import (
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/cardea-auth/cardea/core/files"
)

// TestCure: each error gets its advice, wrapped or not.
func TestCure(t *testing.T) {
	for err, want := range map[error]string{
		fs.ErrNotExist: ": write the file, or correct the path", syscall.ENOENT: ": write the file, or correct the path", syscall.ENOTDIR: ": write the file, or correct the path",
		fs.ErrPermission: ": let the account that runs Cardea read it", syscall.EACCES: ": let the account that runs Cardea read it",
		files.ErrNotRegular: ": name a regular file", syscall.EISDIR: ": name a regular file", files.ErrTooLarge: ": name a smaller file",
		syscall.ELOOP: ": its symbolic links lead in a circle, name the file itself", syscall.ENAMETOOLONG: ": give it a shorter path", syscall.EIO: "",
	} {
		if got := files.Cure(err); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
		if got := files.Cure(fmt.Errorf("read x: %w", err)); got != want {
			t.Errorf("%v, wrapped: got %q, want %q", err, got, want)
		}
	}
}
