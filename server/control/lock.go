package control

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cardea-auth/cardea/core/files"
)

// ErrLocked says that another server has locked the data directory.
var ErrLocked = errors.New("another cardea server runs on this data directory")

// Lock locks the data directory for this process. The operating system releases the lock
// when the process ends.
func Lock(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data directory: %w", err)
	}
	if err := files.CheckPrivate(dir); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	path := filepath.Join(dir, "lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("%w (%s): stop it first, or choose another directory", ErrLocked, dir)
	}
	return f, nil
}
