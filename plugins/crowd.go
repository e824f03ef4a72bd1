package plugins

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

var errCrowded = errors.New("too many calls run in this process: raise Config.Calls if there is memory for them")

// crowd bounds the calls that run at a time in one host, since each may pile up
// a deep stack before it is stopped. While there is room it costs two additions.
type crowd struct {
	most    int64
	inside  atomic.Int64
	waiting atomic.Int64
	left    chan struct{}
}

func newCrowd(most int) *crowd { return &crowd{most: int64(most), left: make(chan struct{}, most)} }

// enter waits for room as long as ctx lasts. The error wraps errCrowded.
func (c *crowd) enter(ctx context.Context) error {
	if c.try() {
		return nil
	}
	c.waiting.Add(1)
	defer c.waiting.Add(-1)
	for !c.try() {
		select {
		case <-c.left:
		case <-ctx.Done():
			if context.Cause(ctx) == errCrowded { // the patience of who asks
				return errCrowded
			}
			return errors.Join(errCrowded, ctx.Err())
		}
	}
	return nil
}

func (c *crowd) try() bool {
	if c.inside.Add(1) <= c.most {
		return true
	}
	c.leave() // in case somebody else found no room because of this one
	return false
}

// leave makes room. Whoever waits has said so before looking for room, so that
// either it sees the room or leave sees it.
func (c *crowd) leave() {
	if c.inside.Add(-1) < c.most && c.waiting.Load() > 0 {
		select {
		case c.left <- struct{}{}:
		default: // so many are told already
		}
	}
}

// share is how many calls of one plugin may run at a time, so that none fills the
// room alone.
func (c *crowd) share() int { return int(c.most+1) / 2 }

// stackBytes is what the stack of a call takes at worst, whatever its memory limit:
// 84 MB are the engine's own bound, while half of that is copied to it.
const stackBytes = 128 << 20

// room is how many calls the memory has room for, at most four a core.
func room() int {
	n := 4 * runtime.GOMAXPROCS(0)
	budget := debug.SetMemoryLimit(-1)
	if total := usableMemory(); total > 0 {
		budget = min(budget, total/2)
	}
	return int(max(1, min(int64(n), budget/stackBytes)))
}
