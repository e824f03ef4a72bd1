package session

import (
	"context"
	"sync"
)

// Locks is a set of mutexes by key, which exist only while they are held. The zero value is
// ready to use. It is safe for concurrent use.
type Locks struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed on release
}

// Lock acquires the lock of the key, or returns ctx's error if ctx is done first. On
// success, unlock must be called once.
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

// take acquires the lock and returns nil, or returns a channel that is closed when the
// current holder releases it.
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
