package concurrency

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

// ErrFull is returned for a call that got no slot in time.
var ErrFull = errors.New("too many calls run in this process: raise Config.Calls if there is memory for them")

// Limiter bounds the number of concurrent calls, since each may grow a deep stack before
// it is stopped. Without contention it costs two atomic additions. Safe for concurrent
// use.
type Limiter struct {
	limit    int64
	running  atomic.Int64
	waiting  atomic.Int64
	released chan struct{}
}

// New returns a limiter for limit concurrent calls.
func New(limit int) *Limiter {
	return &Limiter{limit: int64(limit), released: make(chan struct{}, limit)}
}

// Acquire waits for a slot until ctx ends. The error wraps [ErrFull], and also ctx's
// error unless ErrFull is its cause.
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

// TryAcquire acquires a slot if one is free, and reports whether it did.
func (l *Limiter) TryAcquire() bool {
	if l.running.Add(1) <= l.limit {
		return true
	}
	l.Release() // wakes a caller that failed because of this attempt
	return false
}

// Release frees a slot. A waiter increments waiting before it tries to acquire, so either
// it sees the free slot or Release sees the waiter.
func (l *Limiter) Release() {
	if l.running.Add(-1) < l.limit && l.waiting.Load() > 0 {
		select {
		case l.released <- struct{}{}:
		default: // enough waiters have been woken
		}
	}
}

// Running returns how many calls run now.
func (l *Limiter) Running() int { return int(l.running.Load()) }

// Share returns how many concurrent calls one plugin may have, so that it cannot use all
// slots.
func (l *Limiter) Share() int { return int(l.limit+1) / 2 }

// stackBytes is the maximum stack of a call, whatever its memory limit: the engine's own
// bound is 84 MB, and growing to it copies half of that.
const stackBytes = 128 << 20

// Default returns how many calls fit into memory, at most four per core.
func Default() int {
	n := 4 * runtime.GOMAXPROCS(0)
	budget := debug.SetMemoryLimit(-1)
	if total := usableMemory(); total > 0 {
		budget = min(budget, total/2)
	}
	return int(max(1, min(int64(n), budget/stackBytes)))
}
