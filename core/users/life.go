package users

import (
	"sync/atomic"
	"time"
)

// Life is the longest life of a token so far, for a [Rememberer]; the zero value is
// none. Safe for concurrent use.
type Life struct{ longest atomic.Int64 }

// Raise makes it at least as long.
func (l *Life) Raise(life time.Duration) {
	for {
		old := l.longest.Load()
		if int64(life) <= old || l.longest.CompareAndSwap(old, int64(life)) {
			return
		}
	}
}

// Get returns the longest so far.
func (l *Life) Get() time.Duration { return time.Duration(l.longest.Load()) }
