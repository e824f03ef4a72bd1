package wasm

import (
	"sync"
	"sync/atomic"
	"time"
)

// watchTick is the resolution of the time limit: a coarse tick saves each call a clock
// reading.
const watchTick = 50 * time.Millisecond

// Values of Instance.state other than the tick at which its call started.
const (
	free   = 0  // may be claimed
	ending = -1 // the watch has ended its call
	held   = -2 // in use, with no call running
)

// watch ends calls that exceed their wall-clock limit: fuel counts instructions, and some
// of them wait for memory a hundred times as long as others. It marks a call, which then
// ends at the end of its slice.
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

// look marks every call that started too long ago.
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

// Claim claims a free instance and starts its time; false if it is not free.
func (i *Instance) Claim() bool { return i.state.CompareAndSwap(free, i.watch.tick.Load()) }

// Take restarts the time of an instance that the caller owns.
func (i *Instance) Take() { i.state.Store(i.watch.tick.Load()) }

// Free makes an instance free to be claimed.
func (i *Instance) Free() { i.state.Store(free) }

// Hold marks an instance as in use, with no call running.
func (i *Instance) Hold() { i.state.Store(held) }

// Pause stops the clock of a call and returns the ticks used so far; Resume continues it.
func (i *Instance) Pause() (spent int64) {
	spent = i.from.ticks + 1 // if the watch has ended the call
	if began := i.state.Load(); began > 0 {
		spent = i.watch.tick.Load() - began
	}
	i.state.Store(held)
	return spent
}

// Resume ends an [Instance.Pause] that returned spent.
func (i *Instance) Resume(spent int64) { i.state.Store(max(1, i.watch.tick.Load()-spent)) }
