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

// A lock is waited for that long, looking that often. It keeps two processes from
// compiling the same at the same time, which is a waste and no danger: a file of
// the cache appears whole or not at all. Who waits in vain therefore goes on.
const (
	lockPatience = 2 * time.Minute
	lockInterval = 10 * time.Millisecond
)

// stripes is how many files the locks are spread over.
const stripes = 16

// lock takes the cache directory for a module, of this and of all other processes.
// Without a directory there is nothing to take. The operating system gives the lock
// back when the process ends, however it ends.
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
	return func() { _ = f.Close() }, nil // closing gives the lock back
}

// await returns when f is locked, or not within d, or cannot be; its error is ctx's.
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
