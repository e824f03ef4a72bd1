package api

import (
	"sync"
	"time"
)

// maxLogKeys is the maximum number of keys that a LogLimit distinguishes.
const maxLogKeys = 256

// LogLimit limits log lines to one a second per key, so that clients cannot flood the log.
// The zero value is ready to use. It is safe for concurrent use.
type LogLimit struct {
	mu   sync.Mutex
	last map[string]*logged
}

type logged struct {
	second  int64
	skipped int // since the last line
}

// Admit reports whether a line about key may be logged now, and how many lines were
// suppressed since the last one. Beyond 256 keys, all further ones count as one.
func (l *LogLimit) Admit(key string, now time.Time) (skipped int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		l.last = map[string]*logged{}
	}
	if l.last[key] == nil && len(l.last) >= maxLogKeys {
		key = ""
	}
	was := l.last[key]
	if was == nil {
		l.last[key] = &logged{second: now.Unix()}
		return 0, true
	}
	if was.second == now.Unix() {
		was.skipped++
		return 0, false
	}
	skipped, was.second, was.skipped = was.skipped, now.Unix(), 0
	return skipped, true
}
