package throttle_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/throttle"
)

// TestLimiter_Blocked: what it returns is when an attempt is admitted at the source that
// waits longest, and it counts nothing.
func TestLimiter_Blocked(t *testing.T) {
	many := func(l *throttle.Limiter, c *clock, times int) {
		for i := range times {
			fail(l, c, 1, "alice", source(i<<16))
		}
	}
	for name, tc := range map[string]struct {
		do   func(*throttle.Limiter, *clock)
		peer netip.Addr
	}{
		"nothing failed": {func(*throttle.Limiter, *clock) {}, home},
		"few":            {func(l *throttle.Limiter, c *clock) { fail(l, c, 10, "alice", home) }, home},
		"many":           {func(l *throttle.Limiter, c *clock) { fail(l, c, 18, "alice", home) }, home},
		"two sources": {func(l *throttle.Limiter, c *clock) {
			fail(l, c, 12, "alice", other)
			fail(l, c, 18, "alice", home)
		}, home},
		"others from the source": {func(l *throttle.Limiter, c *clock) {
			fail(l, c, 1, "alice", home)
			fail(l, c, 23, "bob", home)
		}, home},
		"another user": {func(l *throttle.Limiter, c *clock) { fail(l, c, 18, "bob", home) }, other},
		"succeeded since": {func(l *throttle.Limiter, c *clock) {
			fail(l, c, 18, "alice", home)
			c.forward(time.Hour)
			l.Allow("alice", home)
			l.Succeeded("alice", home)
		}, home},
		"no address":   {func(l *throttle.Limiter, c *clock) { fail(l, c, 18, "alice", netip.Addr{}) }, netip.Addr{}},
		"many sources": {func(l *throttle.Limiter, c *clock) { many(l, c, 60) }, source(0)},
	} {
		t.Run(name, func(t *testing.T) {
			l, c := newLimiter(throttle.Config{})
			tc.do(l, c)
			wait := l.Blocked("Alice")
			if again := l.Blocked("alice"); again != wait {
				t.Errorf("a second call returned %v, want %v", again, wait)
			}
			if wait > 0 {
				c.forward(wait - 1)
				if _, ok := l.Allow("alice", tc.peer); ok {
					t.Errorf("admitted before %v", wait)
				}
				c.forward(1)
			}
			wantWait(t, l, "alice", tc.peer, 0)
		})
	}
}
