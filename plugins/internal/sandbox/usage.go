package sandbox

import (
	"sync"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Usage is shared by all versions of one plugin, so that a reload does not reset it. Safe
// for concurrent use.
type Usage struct {
	Time    *wasm.Share          // of all cores
	calls   *concurrency.Limiter // used by a plugin with more instances than its share of the host's slots
	metrics metricNames
	lines   lineRate
}

// NewUsage returns the usage of a plugin whose calls may use percent of all cores' time,
// with calls running at a time.
func NewUsage(percent, calls int) *Usage {
	return &Usage{Time: wasm.NewShare(percent), calls: concurrency.New(calls)}
}

// DroppedLines returns the number of dropped log lines that were not reported yet.
func (u *Usage) DroppedLines() int { return u.lines.rest() }

// metricNames bounds the metric names of a plugin, since a monitoring system keeps each
// time series for a long time.
type metricNames struct {
	mu    sync.Mutex
	known map[string]bool
}

// admit reports whether the name is known or may be added.
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

// lineRate bounds the log lines per second of a plugin, over all calls.
type lineRate struct {
	mu      sync.Mutex
	second  time.Time // start of the current second
	lines   int       // lines in that second
	dropped int       // not reported yet
}

// admit reports whether a line may be written, and how many dropped lines were not
// reported yet.
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

// rest returns the number of dropped lines that were not reported yet.
func (r *lineRate) rest() (dropped int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	dropped, r.dropped = r.dropped, 0
	return dropped
}
