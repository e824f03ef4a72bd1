package throttle

import "time"

// Quota is the answer to one call: what rate-limit headers say.
type Quota struct {
	OK         bool
	Limit      int           // calls; 0: no limit
	Remaining  int           // calls that are left at this moment
	Reset      time.Time     // when all of them are there again
	RetryAfter time.Duration // if not OK: how long to wait
}
