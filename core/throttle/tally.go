package throttle

import "time"

// tally is a count of failures that drains over time. Times are relative to the start
// of the limiter, and at least 1.
type tally struct {
	count float64
	at    time.Duration // time of count: the last attempt
	held  int32         // attempts in flight, which also count as failed
}

// view selects the attempts that count.
type view bool

const (
	all      view = false // including those in flight
	answered view = true  // only completed ones
)

// counted returns the failures of the view as of the last attempt.
func (t *tally) counted(v view) float64 {
	if v == answered {
		return max(0, t.count-float64(t.held))
	}
	return t.count
}

// left returns the count that has not drained by now. If the clock goes back, nothing
// drains.
func (t *tally) left(s Scope, now time.Duration, v view) float64 {
	return max(0, t.counted(v)-max(0, now-t.at).Seconds()/s.Drain.Seconds())
}

// add adds the change to what is left of the count, and makes now the last attempt.
func (t *tally) add(s Scope, now time.Duration, c change) {
	t.count, t.at = max(0, t.left(s, now, all)+c.failures), now
	t.held = max(0, t.held+c.held)
}

// change is the effect of an attempt on its tallies.
type change struct {
	failures float64
	held     int32
}

// wait returns how long after now the next attempt is allowed. If the clock went back,
// the wait does not exceed the maximum delay.
func (t *tally) wait(s Scope, now time.Duration, v view) time.Duration {
	delay := s.delay(t.counted(v))
	if delay == 0 {
		return 0
	}
	return min(t.at+delay-now, s.Max)
}
