package users

import (
	"sync/atomic"
	"time"
)

// Life holds the longest token lifetime so far, for a [Rememberer]; the zero value is
// 0. Safe for concurrent use.
type Life struct{ longest atomic.Int64 }

// Raise sets the lifetime if it is longer than before.
func (l *Life) Raise(life time.Duration) {
	for {
		old := l.longest.Load()
		if int64(life) <= old || l.longest.CompareAndSwap(old, int64(life)) {
			return
		}
	}
}

// Get returns the longest lifetime so far.
func (l *Life) Get() time.Duration { return time.Duration(l.longest.Load()) }
