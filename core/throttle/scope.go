package throttle

import (
	"cmp"
	"math"
	"time"
)

// Scope says how failures that have something in common slow the next try down.
// A zero field takes the default of its scope.
type Scope struct {
	Free  int           // failures that cost nothing
	First time.Duration // delay after one more; it doubles with each after that
	Max   time.Duration // longest delay
	Drain time.Duration // one failure is forgotten in each such time
}

func (s Scope) or(d Scope) Scope {
	return Scope{cmp.Or(s.Free, d.Free), cmp.Or(s.First, d.First), cmp.Or(s.Max, d.Max), cmp.Or(s.Drain, d.Drain)}
}

// delay returns how long to wait after so many failures.
func (s Scope) delay(failures float64) time.Duration {
	beyond := int(math.Ceil(failures)) - s.Free
	if beyond <= 0 {
		return 0
	}
	d := s.First
	for range beyond - 1 {
		if d >= s.Max {
			break
		}
		d *= 2
	}
	return min(d, s.Max)
}

// tally is a count of failures that drains as time passes. The zero value has
// none.
type tally struct {
	count float64
	at    time.Time // when count was right; the last try
}

// left returns what of the count has not drained by now. A clock that goes back
// drains nothing.
func (t *tally) left(s Scope, now time.Time) float64 {
	return max(0, t.count-max(0, now.Sub(t.at).Seconds())/s.Drain.Seconds())
}

// add counts a failure, or with -1 takes one back, and makes now the last try.
func (t *tally) add(s Scope, now time.Time, failures float64) {
	t.count, t.at = max(0, t.left(s, now)+failures), now
}

// wait returns how long after now the last try allows the next. Tries at the same
// time may have been counted a moment after now: without a delay that is no wait.
func (t *tally) wait(s Scope, now time.Time) time.Duration {
	delay := s.delay(t.count)
	if delay == 0 {
		return 0
	}
	return min(t.at.Add(delay).Sub(now), s.Max)
}
