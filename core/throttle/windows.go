package throttle

import "time"

// windows limits calls in fixed windows: a window starts with the first call, and no
// calls are replenished before it ends. Safe for concurrent use.
type windows struct {
	now    func() time.Time
	counts *table[window]
}

type window struct {
	calls int
	end   time.Time
}

// newWindows returns windows for about entries keys; 0 is 65,536. A nil now is
// time.Now. A full one evicts expired windows first, then those with the fewest calls.
func newWindows(entries int, now func() time.Time) *windows {
	if entries == 0 {
		entries = 1 << 16
	}
	if now == nil {
		now = time.Now
	}
	return &windows{now, newTable(entries, func(w *window) float64 {
		if !now().Before(w.end) {
			return 0
		}
		return float64(w.calls)
	})}
}

// Look returns the quota of the key without counting a call.
func (w *windows) Look(key string, limit int) (q Quota) {
	now := w.now()
	w.counts.with(hash(w.counts, key), func(c *window) {
		if !now.Before(c.end) {
			*c = window{}
		}
		q = Quota{OK: limit < 1 || c.calls < limit, Limit: limit, Remaining: max(0, limit-c.calls), Reset: c.end}
		if !q.OK {
			q.RetryAfter = c.end.Sub(now)
		}
	})
	return q
}

// Take counts a call for the key and reports whether it is allowed. Rejected calls are
// not counted. A limit below 1 means no limit.
func (w *windows) Take(key string, limit int, length time.Duration) (q Quota) {
	if limit < 1 {
		return Quota{OK: true}
	}
	now := w.now()
	w.counts.with(hash(w.counts, key), func(c *window) {
		if !now.Before(c.end) || c.end.Sub(now) > length { // expired, or created for another length
			*c = window{end: now.Add(length)}
		}
		if q.OK = c.calls < limit; q.OK {
			c.calls++
		} else {
			q.RetryAfter = c.end.Sub(now)
		}
		q.Limit, q.Remaining, q.Reset = limit, max(0, limit-c.calls), c.end
	})
	return q
}
