package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/throttle"
)

// RunCounter tests the counter that open returns, which must be new and empty at each call
// and read the time from now. again opens the same counter a second time, as another
// process does; it is nil if that is impossible.
func RunCounter(t *testing.T, open func(t *testing.T, now func() time.Time) (c throttle.Counter, again func() throttle.Counter)) {
	for _, test := range []struct {
		name string
		run  func(*counting)
	}{
		{"a window has the limit and an end", countsWindow},
		{"keys are counted apart", countsApart},
		{"looking counts nothing", countsNoLook},
		{"without a limit nothing is counted", countsUnlimited},
		{"a limit may change", countsOtherLimit},
		{"a window that is too long starts anew", countsOtherLength},
		{"events at the same time are not lost", countsAtOnce},
		{"with an ended context nothing is counted", countsEnded},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &counting{T: t, at: moment}
			var again func() throttle.Counter
			c.one, again = open(t, func() time.Time { return c.at })
			c.other = c.one
			if again != nil {
				c.other = again()
			}
			test.run(c)
		})
	}
}

// counting is one test of a counter.
type counting struct {
	*testing.T
	one, other throttle.Counter // may be the same
	at         time.Time
}

// take counts an event and checks the quota.
func (c *counting) take(at throttle.Counter, key string, limit int, length time.Duration, want throttle.Quota) {
	c.Helper()
	got, err := at.Take(c.Context(), key, limit, length)
	c.same("Take", got, err, want)
}

// look checks the quota.
func (c *counting) look(key string, limit int, want throttle.Quota) {
	c.Helper()
	for _, at := range []throttle.Counter{c.one, c.other} {
		got, err := at.Look(c.Context(), key, limit)
		c.same("Look", got, err, want)
	}
}

func (c *counting) same(what string, got throttle.Quota, err error, want throttle.Quota) {
	c.Helper()
	sameTime := got.Reset.Equal(want.Reset)
	got.Reset = want.Reset
	if err != nil || !sameTime || got != want {
		c.Errorf("%s: got %+v, the same reset: %v, error %v; want %+v", what, got, sameTime, err, want)
	}
}

func countsWindow(c *counting) {
	end := c.at.Add(time.Minute)
	for i, at := range []throttle.Counter{c.one, c.other, c.one} {
		c.take(at, "k", 3, time.Minute, throttle.Quota{OK: true, Limit: 3, Remaining: 2 - i, Reset: end})
		c.at = c.at.Add(time.Second)
	}
	full := throttle.Quota{Limit: 3, Reset: end, RetryAfter: 57 * time.Second}
	c.take(c.one, "k", 3, time.Minute, full)
	c.take(c.other, "k", 3, time.Minute, full) // a rejected event does not count
	c.look("k", 3, full)
	c.at = end
	c.look("k", 3, throttle.Quota{OK: true, Limit: 3, Remaining: 3})
	c.take(c.one, "k", 3, time.Minute, throttle.Quota{OK: true, Limit: 3, Remaining: 2, Reset: end.Add(time.Minute)})
}

func countsApart(c *counting) {
	for _, key := range []string{"k", "K", "k ", "k\x00", "k%", "ключ", ""} {
		c.take(c.one, key, 1, time.Minute, throttle.Quota{OK: true, Limit: 1, Reset: c.at.Add(time.Minute)})
	}
}

func countsNoLook(c *counting) {
	for range 3 {
		c.look("k", 1, throttle.Quota{OK: true, Limit: 1, Remaining: 1})
	}
	c.take(c.one, "k", 1, time.Minute, throttle.Quota{OK: true, Limit: 1, Reset: c.at.Add(time.Minute)})
}

func countsUnlimited(c *counting) {
	for _, limit := range []int{0, -1} {
		c.take(c.one, "k", limit, time.Minute, throttle.Quota{OK: true})
		if q, err := c.one.Look(c.Context(), "k", limit); err != nil || !q.OK {
			c.Errorf("Look: got %+v, %v for limit %d", q, err, limit)
		}
	}
	c.look("k", 1, throttle.Quota{OK: true, Limit: 1, Remaining: 1})
}

func countsOtherLimit(c *counting) {
	end := c.at.Add(time.Minute)
	for i := range 3 {
		c.take(c.one, "k", 3, time.Minute, throttle.Quota{OK: true, Limit: 3, Remaining: 2 - i, Reset: end})
	}
	c.take(c.other, "k", 5, time.Minute, throttle.Quota{OK: true, Limit: 5, Remaining: 1, Reset: end})
	c.take(c.one, "k", 2, time.Minute, throttle.Quota{Limit: 2, Reset: end, RetryAfter: time.Minute})
}

func countsOtherLength(c *counting) {
	c.take(c.one, "k", 1, time.Hour, throttle.Quota{OK: true, Limit: 1, Reset: c.at.Add(time.Hour)})
	c.take(c.other, "k", 1, time.Minute, throttle.Quota{OK: true, Limit: 1, Reset: c.at.Add(time.Minute)})
}

func countsAtOnce(c *counting) {
	const each, limit = 10, 25
	var all sync.WaitGroup
	var allowed atomic.Int64
	for _, at := range []throttle.Counter{c.one, c.other, c.one, c.other} {
		all.Go(func() {
			for range each {
				q, err := at.Take(c.Context(), "k", limit, time.Minute)
				if err != nil {
					c.Error(err)
				}
				if q.OK {
					allowed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if n := allowed.Load(); n != limit {
		c.Errorf("%d of %d at once were allowed, want %d", n, 4*each, limit)
	}
}

func countsEnded(c *counting) {
	ctx, cancel := context.WithCancel(c.Context())
	cancel()
	if q, err := c.one.Take(ctx, "k", 1, time.Minute); !errors.Is(err, context.Canceled) || q.OK {
		c.Errorf("Take: got %+v, %v", q, err)
	}
	if q, err := c.one.Look(ctx, "k", 1); !errors.Is(err, context.Canceled) || q.OK {
		c.Errorf("Look: got %+v, %v", q, err)
	}
	c.look("k", 1, throttle.Quota{OK: true, Limit: 1, Remaining: 1})
}
