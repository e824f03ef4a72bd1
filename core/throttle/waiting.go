package throttle

import (
	"context"
	"sync"
)

// Bounds on callers that wait for attempts in flight.
const (
	mostWaiting   = 1024
	mostOfNetwork = 256
)

// waiting tracks the callers that wait for the result of an attempt in flight. Its
// methods require the limiter's lock.
type waiting struct {
	all      int
	networks map[uint64]int // by key
	woken    chan struct{}  // closed when the next attempt completes
}

func newWaiting() waiting { return waiting{networks: map[uint64]int{}, woken: make(chan struct{})} }

// enter reports whether another caller of the network may wait; if so, leave must
// follow.
func (w *waiting) enter(network uint64) bool {
	if w.all >= mostWaiting || w.networks[network] >= mostOfNetwork {
		return false
	}
	w.all++
	w.networks[network]++
	return true
}

func (w *waiting) leave(network uint64) {
	w.all--
	if w.networks[network]--; w.networks[network] == 0 {
		delete(w.networks, network)
	}
}

// next waits, with the lock released, until an attempt completes or ctx ends.
func (w *waiting) next(ctx context.Context, lock *sync.Mutex) {
	woken := w.woken
	lock.Unlock()
	defer lock.Lock()
	select {
	case <-woken:
	case <-ctx.Done():
	}
}

// wake wakes all waiting callers.
func (w *waiting) wake() {
	if w.all > 0 {
		close(w.woken)
		w.woken = make(chan struct{})
	}
}
