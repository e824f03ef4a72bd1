package throttle

import (
	"context"
	"sync"
)

// At most so many wait for tries in flight.
const (
	mostWaiting   = 1024
	mostOfNetwork = 256
)

// waiting are those who wait until a try in flight is answered. Its methods are
// called under the limiter's lock.
type waiting struct {
	all      int
	networks map[uint64]int // by key
	woken    chan struct{}  // closed when the next try is answered
}

func newWaiting() waiting { return waiting{networks: map[uint64]int{}, woken: make(chan struct{})} }

// enter reports whether one more of the network may wait; then leave must follow.
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

// next waits, with the lock released, until a try is answered or ctx ends.
func (w *waiting) next(ctx context.Context, lock *sync.Mutex) {
	woken := w.woken
	lock.Unlock()
	defer lock.Lock()
	select {
	case <-woken:
	case <-ctx.Done():
	}
}

// wake wakes all.
func (w *waiting) wake() {
	if w.all > 0 {
		close(w.woken)
		w.woken = make(chan struct{})
	}
}
