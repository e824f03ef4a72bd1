package concurrency

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

// ErrFull is the error of a call for which there was no room in time.
var ErrFull = errors.New("too many calls run in this process: raise Config.Calls if there is memory for them")

// Limiter bounds the calls that run at a time, since each may pile up a deep stack
// before it is stopped. While there is room it costs two additions. Safe for
// concurrent use.
type Limiter struct {
	limit    int64
	running  atomic.Int64
	waiting  atomic.Int64
	released chan struct{}
}

// New returns a limiter for that many calls.
func New(limit int) *Limiter {
	return &Limiter{limit: int64(limit), released: make(chan struct{}, limit)}
}

// Acquire waits for room as long as ctx lasts. The error wraps [ErrFull], and ctx's
// unless ErrFull is its cause.
func (l *Limiter) Acquire(ctx context.Context) error {
	if l.TryAcquire() {
		return nil
	}
	l.waiting.Add(1)
	defer l.waiting.Add(-1)
	for !l.TryAcquire() {
		select {
		case <-l.released:
		case <-ctx.Done():
			if context.Cause(ctx) == ErrFull { // the caller's own limit on waiting
				return ErrFull
			}
			return errors.Join(ErrFull, ctx.Err())
		}
	}
	return nil
}

// TryAcquire reports whether there is room, and takes it.
func (l *Limiter) TryAcquire() bool {
	if l.running.Add(1) <= l.limit {
		return true
	}
	l.Release() // in case somebody else found no room because of this one
	return false
}

// Release makes room. Whoever waits has said so before looking for room, so that
// either it sees the room or Release sees it.
func (l *Limiter) Release() {
	if l.running.Add(-1) < l.limit && l.waiting.Load() > 0 {
		select {
		case l.released <- struct{}{}:
		default: // so many are told already
		}
	}
}

// Running returns how many calls run now.
func (l *Limiter) Running() int { return int(l.running.Load()) }

// Share returns how many calls of one plugin may run at a time, so that none fills
// the room alone.
func (l *Limiter) Share() int { return int(l.limit+1) / 2 }

// stackBytes is what the stack of a call takes at worst, whatever its memory limit:
// 84 MB are the engine's own bound, while half of that is copied to it.
const stackBytes = 128 << 20

// Default returns how many calls the memory has room for, at most four a core.
func Default() int {
	n := 4 * runtime.GOMAXPROCS(0)
	budget := debug.SetMemoryLimit(-1)
	if total := usableMemory(); total > 0 {
		budget = min(budget, total/2)
	}
	return int(max(1, min(int64(n), budget/stackBytes)))
}
