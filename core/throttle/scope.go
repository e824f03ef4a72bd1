package throttle

import (
	"cmp"
	"math"
	"time"
)

// Scope defines how failures counted together delay the next attempt. A zero field
// takes the default of its scope.
type Scope struct {
	Free  int           // failures without a delay
	First time.Duration // delay after the first failure beyond Free; doubles with each further one
	Max   time.Duration // longest delay
	Drain time.Duration // one failure is forgotten per Drain
}

func (s Scope) or(d Scope) Scope {
	return Scope{cmp.Or(s.Free, d.Free), cmp.Or(s.First, d.First), cmp.Or(s.Max, d.Max), cmp.Or(s.Drain, d.Drain)}
}

// delay returns how long to wait after this many failures.
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
