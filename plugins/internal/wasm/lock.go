package wasm

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A lock is awaited at most lockPatience, with a check every lockInterval. It only avoids
// that two processes compile the same module at the same time. Without it the cache stays
// correct, since its files appear atomically; so after lockPatience the caller continues.
const (
	lockPatience = 2 * time.Minute
	lockInterval = 10 * time.Millisecond
)

// stripes is the number of lock files.
const stripes = 16

// lock locks the cache directory for a module, against this and all other processes.
// Without a directory it does nothing. The operating system releases the lock when the
// process ends.
func (e *Engine) lock(ctx context.Context, binary []byte) (unlock func(), err error) {
	if e.dir == "" {
		return func() {}, nil
	}
	sum := sha256.Sum256(binary)
	f, err := os.OpenFile(filepath.Join(e.dir, fmt.Sprintf("lock-%x", sum[0]%stripes)), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("compilation cache: %w", err)
	}
	if err := await(ctx, f, lockPatience); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil // closing releases the lock
}

// await returns when f is locked, when d is over, or when f cannot be locked. It only
// returns ctx's error.
func await(ctx context.Context, f *os.File, d time.Duration) error {
	patience := time.NewTimer(d)
	defer patience.Stop()
	for {
		if busy := lockFile(f); !busy {
			return nil
		}
		select {
		case <-time.After(lockInterval):
		case <-patience.C:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("wait for another process's compilation: %w", ctx.Err())
		}
	}
}
