package throttle

import "time"

// tally is a count of failures that drains as time passes. The zero value has
// none. Times are since the limiter began, and at least 1.
type tally struct {
	count float64
	at    time.Duration // when count was right; the last try
	held  int32         // tries in flight, which count as failed as well
}

// view says which tries count.
type view bool

const (
	all      view = false // those in flight too
	answered view = true  // only those that have been answered
)

// counted returns the failures of the view as of the last try.
func (t *tally) counted(v view) float64 {
	if v == answered {
		return max(0, t.count-float64(t.held))
	}
	return t.count
}

// left returns what of the count has not drained by now. A clock that goes back
// drains nothing.
func (t *tally) left(s Scope, now time.Duration, v view) float64 {
	return max(0, t.counted(v)-max(0, now-t.at).Seconds()/s.Drain.Seconds())
}

// add counts a failure, or with -1 takes one back, and makes now the last try.
func (t *tally) add(s Scope, now time.Duration, c change) {
	t.count, t.at = max(0, t.left(s, now, all)+c.failures), now
	t.held = max(0, t.held+c.held)
}

// change is what a try does to the tallies that it counts in.
type change struct {
	failures float64
	held     int32
}

// wait returns how long after now the last try allows the next. A clock that went
// back makes no wait longer than the delay.
func (t *tally) wait(s Scope, now time.Duration, v view) time.Duration {
	delay := s.delay(t.counted(v))
	if delay == 0 {
		return 0
	}
	return min(t.at+delay-now, s.Max)
}
