package throttle_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-auth/cardea/core/throttle"
)

func wantQuota(t *testing.T, got, want throttle.Quota) {
	t.Helper()
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestMeter(t *testing.T) {
	c := &clock{moment}
	m := throttle.NewMeter(0, c.now)
	for i := 1; i <= 4; i++ {
		wantQuota(t, m.Take("k", 4), throttle.Quota{
			OK: true, Limit: 4, Remaining: 4 - i, Reset: moment.Add(time.Duration(i) * 15 * time.Second),
		})
	}
	full := throttle.Quota{Limit: 4, Reset: moment.Add(time.Minute), RetryAfter: 15 * time.Second}
	wantQuota(t, m.Take("k", 4), full)
	wantQuota(t, m.Take("k", 4), full) // a refused call costs nothing
	if !m.Take("another", 4).OK {
		t.Error("one key's calls count for another")
	}
	c.forward(15 * time.Second)
	wantQuota(t, m.Take("k", 4), throttle.Quota{OK: true, Limit: 4, Reset: moment.Add(75 * time.Second)})
	c.forward(time.Hour)
	if q := m.Take("k", 4); q.Remaining != 3 {
		t.Errorf("got %+v after an hour, want Remaining 3", q)
	}
	c.forward(-2 * time.Hour)
	if q := m.Take("k", 4); !q.OK {
		t.Errorf("got %+v after the clock went back", q)
	}
}

func TestMeter_limits(t *testing.T) {
	m := throttle.NewMeter(0, nil)
	for _, perMinute := range []int{0, -1} {
		wantQuota(t, m.Take("k", perMinute), throttle.Quota{OK: true})
	}
	if q := m.Take("k", math.MaxInt); !q.OK || q.Remaining <= 0 {
		t.Errorf("got %+v for a limit beyond the clock's resolution", q)
	}
}

// TestMeter_rate: any n minutes have at most n+1 times the limit.
func TestMeter_rate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &clock{moment}
		m := throttle.NewMeter(0, c.now)
		limit, passed := rapid.IntRange(1, 100).Draw(t, "limit"), 0
		for range rapid.IntRange(1, 300).Draw(t, "calls") {
			q := m.Take("k", limit)
			if q.OK {
				passed++
			}
			if q.Remaining < 0 || q.Remaining >= limit || q.OK == (q.RetryAfter > 0) {
				t.Fatalf("got %+v, want fewer remaining than %d, and RetryAfter only if refused", q, limit)
			}
			c.forward(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
		}
		minutes := c.now().Sub(moment).Minutes()
		if most := float64(limit) * (minutes + 1); float64(passed) > most {
			t.Fatalf("%d calls passed in %.1f minutes at %d a minute", passed, minutes, limit)
		}
	})
}

// TestMeter_retryAfter: a call after the announced delay is allowed.
func TestMeter_retryAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &clock{moment}
		m := throttle.NewMeter(0, c.now)
		limit := rapid.IntRange(1, 1000).Draw(t, "limit")
		for range limit {
			m.Take("k", limit)
		}
		q := m.Take("k", limit)
		c.forward(q.RetryAfter)
		if again := m.Take("k", limit); q.OK || !again.OK {
			t.Fatalf("got %+v, then %+v", q, again)
		}
	})
}

func ExampleNewMeter() {
	m := throttle.NewMeter(0, nil)
	q := m.Take("key", 60)
	fmt.Println(q.OK, q.Limit, q.Remaining)
	// Output: true 60 59
}
