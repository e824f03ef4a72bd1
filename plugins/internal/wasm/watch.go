package wasm

import (
	"sync"
	"sync/atomic"
	"time"
)

// watchTick is how exactly calls are timed: one that has just begun pays for no
// look at a clock.
const watchTick = 50 * time.Millisecond

// What Instance.state holds besides the tick at which its time began.
const (
	free   = 0  // whoever claims it has it
	ending = -1 // the watch ends its call
	held   = -2 // somebody has it, and no call runs
)

// watch ends calls that take too long by the clock: fuel counts instructions, and
// of those some wait for memory for a hundred times as long as others. It marks them,
// so that they end when they have used up their slice.
type watch struct {
	tick atomic.Int64
	once sync.Once
	stop chan struct{}
	done chan struct{}

	mu        sync.Mutex
	instances map[*Instance]struct{}
}

func newWatch() *watch {
	w := &watch{stop: make(chan struct{}), done: make(chan struct{}), instances: map[*Instance]struct{}{}}
	w.tick.Store(1) // 0 means no call
	go w.run()
	return w
}

func (w *watch) close() {
	w.once.Do(func() { close(w.stop) })
	<-w.done
}

func (w *watch) run() {
	defer close(w.done)
	t := time.NewTicker(watchTick)
	defer t.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-t.C:
			w.look(w.tick.Add(1))
		}
	}
}

// look marks every call that began too long ago.
func (w *watch) look(now int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.instances {
		began := i.state.Load()
		if began > 0 && now-began > i.from.ticks {
			i.state.CompareAndSwap(began, ending)
		}
	}
}

func (w *watch) add(i *Instance) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.instances[i] = struct{}{}
}

func (w *watch) remove(i *Instance) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.instances, i)
}

// Claim takes an instance that is free, whose time begins; false if it is not.
func (i *Instance) Claim() bool { return i.state.CompareAndSwap(free, i.watch.tick.Load()) }

// Take lets the time begin anew of an instance that the caller has.
func (i *Instance) Take() { i.state.Store(i.watch.tick.Load()) }

// Free gives an instance to whoever claims it.
func (i *Instance) Free() { i.state.Store(free) }

// Hold says that the caller keeps an instance that no call runs in.
func (i *Instance) Hold() { i.state.Store(held) }

// Pause stops the clock of a call, which has taken so many ticks, and Resume lets it
// go on.
func (i *Instance) Pause() (spent int64) {
	spent = i.from.ticks + 1 // if the watch ends it
	if began := i.state.Load(); began > 0 {
		spent = i.watch.tick.Load() - began
	}
	i.state.Store(held)
	return spent
}

// Resume ends a [Instance.Pause] that has returned spent.
func (i *Instance) Resume(spent int64) { i.state.Store(max(1, i.watch.tick.Load()-spent)) }
