package coretest

import (
	"sync"
	"time"
)

// Clock is a manual clock for tests. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a stopped clock set to at.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now returns the time, for [core.Config].
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock forward by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
