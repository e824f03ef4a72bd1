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

// lockName is the name of the lock file in the data directory.
const lockName = "lock"

// Lock locks the data directory for this process. The operating system releases the lock
// when the process ends.
func Lock(dir string) (*os.File, error) {
	if err := files.MkdirAll(dir); err != nil {
		return nil, fmt.Errorf("create data directory: %w", err)
	}
	if err := files.CheckPrivate(dir); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	path := filepath.Join(dir, lockName)
	f, err := files.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("%w (%s): stop it first, or choose another directory", ErrLocked, dir)
	}
	return f, nil
}

// isUnlocked reports whether this process could lock the data directory, so that no server
// runs on it.
func isUnlocked(dir string) bool {
	f, err := files.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return lockFile(f) == nil
}
