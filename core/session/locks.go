package session

import (
	"context"
	"sync"
)

// Locks are mutexes by key, which exist only while somebody holds them. The zero value
// works. Safe for concurrent use.
type Locks struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when it is free again
}

// Lock waits until nobody holds the lock of the key, or until ctx ends, whose error it
// returns then. Otherwise unlock must be called once.
func (l *Locks) Lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		busy := l.take(key)
		if busy == nil {
			return func() { l.free(key) }, nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// take returns nil to who holds the lock from now on, and to others what they wait for.
func (l *Locks) take(key string) (busy <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if held := l.held[key]; held != nil {
		return held
	}
	if l.held == nil {
		l.held = map[string]chan struct{}{}
	}
	l.held[key] = make(chan struct{})
	return nil
}

func (l *Locks) free(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.held[key])
	delete(l.held, key)
}
