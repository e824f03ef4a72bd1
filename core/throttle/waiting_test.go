package throttle_test

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core/throttle"
)

// TestLimiter_await: an attempt without a free place waits until those in flight are
// finished. One that would be refused for failures does not wait.
func TestLimiter_await(t *testing.T) {
	for _, c := range []struct {
		name   string
		tries  int
		answer func(l *throttle.Limiter, user string, peer netip.Addr)
		most   int // of attempts that pass
		least  int
	}{
		{"all succeed", 200, (*throttle.Limiter).Succeeded, 200, 200},
		{"all come to nothing", 200, (*throttle.Limiter).Void, 200, 200},
		{"all fail", 10_000, (*throttle.Limiter).Failed, 11, 11},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := throttle.New(throttle.Config{})
			var passed atomic.Int64
			var wg sync.WaitGroup
			begun := time.Now()
			for range c.tries {
				wg.Go(func() {
					if _, ok := l.Await(t.Context(), "alice", home); ok {
						passed.Add(1)
						time.Sleep(50 * time.Millisecond)
						c.answer(l, "alice", home)
					}
				})
			}
			wg.Wait()
			if n := int(passed.Load()); n < c.least || n > c.most {
				t.Errorf("%s: %d of %d pass, want %d to %d", c.name, n, c.tries, c.least, c.most)
			}
			if took := time.Since(begun); took > 3*time.Second {
				t.Errorf("%s: they wait %s", c.name, took)
			}
		})
	}
}

// TestLimiter_awaitSource: users at one address do not take each other's places.
func TestLimiter_awaitSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := throttle.New(throttle.Config{})
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				user := fmt.Sprint("user", i)
				if wait, ok := l.Await(t.Context(), user, home); !ok {
					t.Errorf("%s has to wait %s", user, wait)
					return
				}
				time.Sleep(50 * time.Millisecond)
				l.Succeeded(user, home)
			})
		}
		wg.Wait()
	})
}

// TestLimiter_awaitBounded: waiting ends with the request or after Patience, and the number
// of waiting attempts is bounded.
func TestLimiter_awaitBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := throttle.New(throttle.Config{Pair: throttle.Scope{First: time.Hour, Max: time.Hour}})
		for range 11 {
			l.Allow("alice", home) // in flight, for ever
		}
		begun := time.Now()
		if _, ok := l.Await(t.Context(), "alice", home); ok || time.Since(begun) != 3*time.Second {
			t.Errorf("%v after %s, want a refusal after 3s", ok, time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun = time.Now()
		if _, ok := l.Await(ctx, "alice", home); ok || time.Since(begun) != time.Second {
			t.Errorf("%v after %s, want a refusal after 1s", ok, time.Since(begun))
		}
		var at, waited atomic.Int64
		begun = time.Now()
		for range 2000 {
			go func() {
				if l.Await(t.Context(), "alice", home); time.Since(begun) > 0 {
					waited.Add(1)
				} else {
					at.Add(1)
				}
			}()
		}
		time.Sleep(4 * time.Second)
		if waited.Load() != 256 || at.Load() != 2000-256 {
			t.Errorf("%d waited and %d were refused at once, want 256 to wait", waited.Load(), at.Load())
		}
	})
}
