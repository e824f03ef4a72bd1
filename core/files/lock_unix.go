//go:build unix

package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// Lock takes the lock at path and waits for it until ctx is done. The system releases it if
// the process dies. It returns the function that releases it. A lock file that root creates
// belongs to the owner of its directory.
func Lock(ctx context.Context, path string) (func(), error) {
	f, err := open(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// syncDir makes a rename in dir survive a power loss.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// IsOpenToOthers reports whether others than the owner may access a file with that mode.
func IsOpenToOthers(mode fs.FileMode) bool { return mode.Perm()&0o077 != 0 }

// IsReadOnly reports whether err means that the file system or the directory is not
// writable.
func IsReadOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
