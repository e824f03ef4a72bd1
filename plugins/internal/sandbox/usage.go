package sandbox

import (
	"sync"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Usage is what the versions of one plugin use up together: a reload does not begin
// it anew. Safe for concurrent use.
type Usage struct {
	Time    *wasm.Share          // of all cores
	calls   *concurrency.Limiter // its own, for a plugin with more instances than its share of the host's
	metrics metricNames
	lines   lineRate
}

// NewUsage returns the usage of a plugin whose calls may take that share of all
// cores' time, in percent, and that many at a time.
func NewUsage(percent, calls int) *Usage {
	return &Usage{Time: wasm.NewShare(percent), calls: concurrency.New(calls)}
}

// DroppedLines returns how many log lines were dropped that nobody has been told of.
func (u *Usage) DroppedLines() int { return u.lines.rest() }

// metricNames bounds the names that a plugin counts under, since each is a
// series that a monitor keeps for ever.
type metricNames struct {
	mu    sync.Mutex
	known map[string]bool
}

// admit reports whether the name is known or there is room for one more.
func (m *metricNames) admit(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known[name] {
		return true
	}
	if len(m.known) >= abi.MaxMetrics {
		return false
	}
	if m.known == nil {
		m.known = map[string]bool{}
	}
	m.known[name] = true
	return true
}

// lineRate bounds the log lines that a plugin writes in a second, however many
// calls write them.
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
