package throttle

import (
	"context"
	"time"
)

// Counter counts events by key in fixed windows: a window starts with the first event of
// its key, and no events are replenished before it ends. A [MemoryCounter] is one for this
// process; a store may provide one that several processes share, which storetest.RunCounter
// tests. After an error the event may or may not be counted, and the caller must not take
// it as allowed. Implementations must be safe for concurrent use and honour the context.
type Counter interface {
	// Look returns the quota of the key without counting an event.
	Look(ctx context.Context, key string, limit int) (Quota, error)
	// Take counts an event of the key and reports whether it is allowed. Rejected events
	// are not counted. A limit below 1 means no limit. A window that would last longer
	// than length from now on starts anew.
	Take(ctx context.Context, key string, limit int, length time.Duration) (Quota, error)
}

// MemoryCounter is a [Counter] in the memory of this process, of bounded size. Use
// [NewMemoryCounter]. Events of different keys rarely wait for one another.
type MemoryCounter struct{ windows *windows }

var _ Counter = (*MemoryCounter)(nil)

// NewMemoryCounter returns a counter for about entries keys; 0 is 65,536. A nil now is
// time.Now.
func NewMemoryCounter(entries int, now func() time.Time) *MemoryCounter {
	return &MemoryCounter{newWindows(entries, now)}
}

// Look implements [Counter]. The error is that of an ended context.
func (c *MemoryCounter) Look(ctx context.Context, key string, limit int) (Quota, error) {
	if err := ctx.Err(); err != nil {
		return Quota{}, err
	}
	return c.windows.Look(key, limit), nil
}

// Take implements [Counter]. The error is that of an ended context.
func (c *MemoryCounter) Take(ctx context.Context, key string, limit int, length time.Duration) (Quota, error) {
	if err := ctx.Err(); err != nil {
		return Quota{}, err
	}
	return c.windows.Take(key, limit, length), nil
}
