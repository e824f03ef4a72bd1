package throttle

import "time"

// Meter limits calls by their rate, as API keys have it: the calls of a minute
// may come at once, and are given back one by one (GCRA). Use [NewMeter]. Safe
// for concurrent use.
type Meter struct {
	now   func() time.Time
	calls *table[paid]
}

// paid is until when the calls so far are paid for at the steady rate.
type paid struct{ until time.Time }

// NewMeter returns a meter that remembers about so many keys; 0 is 65,536. now
// may be nil for time.Now. Only pass keys that have proved to exist: a full
// meter forgets those that called least lately.
func NewMeter(entries int, now func() time.Time) *Meter {
	if entries == 0 {
		entries = 1 << 16
	}
	if now == nil {
		now = time.Now
	}
	return &Meter{now, newTable(entries, func(p *paid) float64 { return float64(p.until.UnixNano()) })}
}

// Take counts a call for the key and says whether it may go on. A call that may
// not is not counted. perMinute below 1 means that there is no limit.
func (m *Meter) Take(key string, perMinute int) (q Quota) {
	if perMinute < 1 {
		return Quota{OK: true}
	}
	now, each := m.now(), max(time.Minute/time.Duration(perMinute), 1)
	m.calls.with(hash(m.calls, key), func(p *paid) {
		if p.until.Before(now) || p.until.Sub(now) > time.Minute {
			p.until = now // nothing is owed, or the clock went back
		}
		next := p.until.Add(each)
		if q.OK = next.Sub(now) <= time.Minute; q.OK {
			p.until = next
		} else {
			q.RetryAfter = next.Sub(now) - time.Minute
		}
		q.Limit, q.Reset = perMinute, p.until
		q.Remaining = int(min((time.Minute-p.until.Sub(now))/each, time.Duration(perMinute)))
	})
	return q
}
