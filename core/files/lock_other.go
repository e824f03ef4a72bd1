//go:build !unix

package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// staleLock is the age at which a lock is assumed to belong to a process that died; the
// work done under it takes milliseconds.
const staleLock = 10 * time.Second

// Lock creates the file at path, which only one process can do at a time, and waits for it
// until ctx is done. It returns the function that removes it.
func Lock(ctx context.Context, path string) (func(), error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err == nil {
			return func() { f.Close(); os.Remove(path) }, nil
		}
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > staleLock {
			os.Remove(path)
			continue
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// syncDir does nothing: directories cannot be synced on this platform.
func syncDir(string) error { return nil }

// IsOpenToOthers always returns false: permission bits mean nothing on this platform.
func IsOpenToOthers(fs.FileMode) bool { return false }

// IsReadOnly always returns false: here a permission error also means that another process
// holds the lock.
func IsReadOnly(error) bool { return false }
