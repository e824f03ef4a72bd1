package throttle

import "time"

// Meter limits the rate of calls, for API keys: a minute's calls may come in one burst
// and are replenished one by one (GCRA). Use [NewMeter]. Safe for concurrent use.
type Meter struct {
	now   func() time.Time
	calls *table[paid]
}

// paid is the theoretical arrival time of GCRA.
type paid struct{ until time.Time }

// NewMeter returns a meter for about entries keys; 0 is 65,536. A nil now is time.Now.
// Pass only keys that are known to exist: a full meter evicts the least recently used
// ones.
func NewMeter(entries int, now func() time.Time) *Meter {
	if entries == 0 {
		entries = 1 << 16
	}
	if now == nil {
		now = time.Now
	}
	return &Meter{now, newTable(entries, func(p *paid) float64 { return float64(p.until.Sub(now())) })}
}

// Take counts a call for the key and reports whether it is allowed. Rejected calls are
// not counted. perMinute below 1 means no limit.
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
