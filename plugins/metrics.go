package plugins

import (
	"sync"

	"github.com/cardea-auth/cardea/plugins/abi"
)

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
