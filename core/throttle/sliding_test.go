package throttle_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-auth/cardea/core/throttle"
)

func TestSliding(t *testing.T) {
	c := &clock{moment}
	s := throttle.NewSliding(0, 3, time.Minute, c.now)
	for i := range 3 {
		if _, ok := s.Look("k"); !ok {
			t.Errorf("look %d: refused", i)
		}
		if wait, ok := s.Take("k"); !ok || wait != 0 {
			t.Errorf("take %d: Take(\"k\") = %s, %v; want true and 0", i, wait, ok)
		}
		c.forward(10 * time.Second)
	}
	for _, count := range []func(string) (time.Duration, bool){s.Look, s.Take} {
		if wait, ok := count("k"); ok || wait != 30*time.Second {
			t.Errorf("full: %s, %v; want to wait 30s", wait, ok)
		}
	}
	if _, ok := s.Take("another"); !ok {
		t.Error("one key's events count for another")
	}
	c.forward(30 * time.Second)
	if _, ok := s.Take("k"); !ok {
		t.Error("the first event did not expire")
	}
	if wait, ok := s.Take("k"); ok || wait != 10*time.Second {
		t.Errorf("%s, %v: only one had left", wait, ok)
	}
	c.forward(-time.Hour)
	if wait, ok := s.Take("k"); ok || wait > time.Minute {
		t.Errorf("after the clock went back: %s, %v", wait, ok)
	}
}

// TestSliding_anySpan: no span of the window's length has more than the limit.
func TestSliding_anySpan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &clock{moment}
		limit := rapid.IntRange(1, 10).Draw(t, "limit")
		s := throttle.NewSliding(0, limit, time.Minute, c.now)
		var taken []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "tries") {
			wait, ok := s.Take("k")
			if ok {
				taken = append(taken, c.now())
			} else if wait <= 0 || wait > time.Minute {
				t.Fatalf("refused for %s", wait)
			}
			if n := len(taken); ok && n > limit && taken[n-1].Sub(taken[n-1-limit]) < time.Minute {
				t.Fatalf("%d events in %s", limit+1, taken[n-1].Sub(taken[n-1-limit]))
			}
			c.forward(time.Duration(rapid.IntRange(0, 30000).Draw(t, "ms")) * time.Millisecond)
		}
	})
}

func TestSliding_bounded(t *testing.T) {
	c := &clock{moment}
	s := throttle.NewSliding(64, 10, time.Hour, c.now)
	for range 10 {
		s.Take("k")
	}
	for i := range 5000 {
		s.Take(fmt.Sprint(i))
	}
	if _, ok := s.Take("k"); ok {
		t.Error("many other keys reset the events")
	}
}

func TestSliding_concurrent(t *testing.T) {
	s := throttle.NewSliding(0, 10, time.Minute, nil)
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, ok := s.Take("k"); ok {
				allowed.Add(1)
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 10 {
		t.Errorf("%d of 100 at once were allowed, want 10", n)
	}
}

func ExampleNewSliding() {
	codes := throttle.NewSliding(0, 10, 15*time.Minute, nil)
	if wait, ok := codes.Take("u_alice"); !ok {
		fmt.Println("wait", wait)
		return
	}
	fmt.Println("judged")
	// Output: judged
}
