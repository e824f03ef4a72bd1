package throttle

import (
	"slices"
	"time"
)

// Sliding limits the events of a key in a sliding window: unlike with [Counter], there
// is no burst at a window boundary. Use [NewSliding]. Safe for concurrent use.
type Sliding struct {
	now    func() time.Time
	limit  int
	span   time.Duration
	events *table[events]
}

// events are the times of the events, oldest first; never more than the limit.
type events struct{ at []time.Time }

// NewSliding allows limit events, at least one, in each span. It holds about entries
// keys; 0 is 16,384. A nil now is time.Now. A full one evicts the keys with the fewest
// events.
func NewSliding(entries, limit int, span time.Duration, now func() time.Time) *Sliding {
	if entries == 0 {
		entries = 1 << 14
	}
	if now == nil {
		now = time.Now
	}
	s := &Sliding{now: now, limit: max(1, limit), span: span}
	s.events = newTable(entries, func(e *events) float64 { return float64(len(e.at)) })
	return s
}

// Look reports whether one more event of the key is allowed, and if not, how long to
// wait. It counts nothing.
func (s *Sliding) Look(key string) (retryAfter time.Duration, ok bool) { return s.count(key, false) }

// Take counts an event of the key if it is allowed; see Look.
func (s *Sliding) Take(key string) (retryAfter time.Duration, ok bool) { return s.count(key, true) }

func (s *Sliding) count(key string, take bool) (retryAfter time.Duration, ok bool) {
	now, k := s.now(), hash(s.events, key)
	if !take && len(s.events.get(k).at) < s.limit {
		return 0, true // a lookup creates no entry
	}
	s.events.with(k, func(e *events) {
		e.expire(now, s.span)
		if ok = len(e.at) < s.limit; !ok {
			retryAfter = e.at[0].Add(s.span).Sub(now)
		} else if take {
			e.at = append(e.at, now)
		}
	})
	return retryAfter, ok
}

// expire removes events older than the span. If the clock went back, events in the
// future are set to now, so that no wait exceeds the span.
func (e *events) expire(now time.Time, span time.Duration) {
	e.at = slices.DeleteFunc(e.at, func(at time.Time) bool { return now.Sub(at) >= span })
	for i := range e.at {
		if e.at[i].After(now) {
			e.at[i] = now
		}
	}
}
