package dialecttest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// atOnce is how many requests are sent at the same time.
const atOnce = 32

// barrier makes the first lookups of users wait for one another: all requests have then
// checked their refresh token before one of them uses it up.
type barrier struct {
	came   atomic.Int64
	rounds []chan struct{} // each closed once atOnce lookups wait for it
}

func newBarrier(rounds int) *barrier {
	m := &barrier{}
	for range rounds {
		m.rounds = append(m.rounds, make(chan struct{}))
	}
	return m
}

func (m *barrier) wait() {
	n := int(m.came.Add(1)) - 1
	if n/atOnce >= len(m.rounds) {
		return
	}
	round := m.rounds[n/atOnce]
	if n%atOnce == atOnce-1 {
		close(round)
	}
	select {
	case <-round:
	case <-time.After(time.Minute): // a request never came so far: its answer fails the test
	}
}

// together sends a request many times at the same moment and returns all answers. lookups
// is how often a request looks up its user before it uses up the refresh token.
func (s *Site) together(lookups int, send func() Answer) []Answer {
	s.users.barrier.Store(newBarrier(lookups))
	defer s.users.barrier.Store(nil)
	answers := make([]Answer, atOnce)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = send() })
	}
	all.Wait()
	return answers
}

// RefreshesOnce sends a refresh many times at the same moment, as a plugin without
// refresh_grace answers it: one succeeds, and all others get the status with the member at
// path. It returns the answer that succeeded. lookups is how often a request looks up its
// user before it uses up the refresh token.
func (s *Site) RefreshesOnce(t testing.TB, lookups int, send func() Answer, status int, path, value string) Answer {
	t.Helper()
	var good []Answer
	for _, a := range s.together(lookups, send) {
		if a.Status == 200 {
			good = append(good, a)
			continue
		}
		a.Want(t, status, path, value)
	}
	if len(good) != 1 {
		t.Fatalf("%d of %d refreshes succeeded, want 1", len(good), atOnce)
	}
	return good[0]
}

// RefreshesAlike sends a refresh many times at the same moment, with refresh_grace: all
// succeed with the same successor, which is returned.
func (s *Site) RefreshesAlike(t testing.TB, lookups int, send func() Answer, successor func(Answer) string) string {
	t.Helper()
	next := ""
	for i, a := range s.together(lookups, send) {
		got := successor(a)
		if i == 0 {
			next = got
		}
		if a.Status != 200 || got == "" || got != next {
			t.Fatalf("got %d %s with the successor %q, want 200 and %q", a.Status, a.Text, got, next)
		}
	}
	return next
}
