package throttle

import "time"

// Quota is the result of one call, with the values of rate-limit headers.
type Quota struct {
	OK         bool
	Limit      int           // calls; 0 means no limit
	Remaining  int           // calls left now
	Reset      time.Time     // when the full limit is available again
	RetryAfter time.Duration // how long to wait if not OK
}
