package plugins

import (
	"sync"
	"time"
)

// lineRate bounds the log lines that a plugin writes in a second, however many
// calls write them. Safe for concurrent use.
type lineRate struct {
	mu      sync.Mutex
	second  time.Time // when the present one began
	lines   int       // in it
	dropped int       // since somebody was told last
}

// admit reports whether a line may be written, and how many were dropped before it
// that nobody has been told of.
func (r *lineRate) admit(now time.Time, most int) (dropped int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.second) >= time.Second {
		r.second, r.lines = now, 0
	}
	if r.lines >= most {
		r.dropped++
		return 0, false
	}
	r.lines++
	dropped, r.dropped = r.dropped, 0
	return dropped, true
}

// rest is how many were dropped that nobody has been told of.
func (r *lineRate) rest() (dropped int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	dropped, r.dropped = r.dropped, 0
	return dropped
}
