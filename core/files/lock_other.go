//go:build !unix

package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// staleLock is the age at which a lock counts as left behind by a process that
// died: the work done under it takes milliseconds.
const staleLock = 10 * time.Second

// Lock creates the file at path, which only one process can do at a time,
// and waits until ctx ends. It returns what removes it.
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

// syncDir does nothing: directories cannot be synced here.
func syncDir(string) error { return nil }

// IsOpenToOthers is always false: permission bits say nothing here.
func IsOpenToOthers(fs.FileMode) bool { return false }

// IsReadOnly is always false: a refusal looks like a lock held by another here.
func IsReadOnly(error) bool { return false }
