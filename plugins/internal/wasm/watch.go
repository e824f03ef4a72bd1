package wasm

import (
	"sync"
	"sync/atomic"
	"time"
)

// watchTick is how exactly calls are timed: one that has just begun pays for no
// look at a clock.
const watchTick = 50 * time.Millisecond

// ending is what Instance.since holds of a call that the watch ends.
const ending = -1

// watch ends calls that take too long by the clock: fuel counts instructions, and
// of those some wait for memory for a hundred times as long as others. It takes
// their reserve away, so that they end when they have used up their slice.
type watch struct {
	tick atomic.Int64
	once sync.Once
	stop chan struct{}
	done chan struct{}

	mu        sync.Mutex // held while reserves are taken away
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

// look takes the reserve of every call that began too long ago, and again of
// those that have refilled meanwhile.
func (w *watch) look(now int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.instances {
		began := i.since.Load()
		if began > 0 && now-began > i.from.ticks && i.since.CompareAndSwap(began, ending) {
			began = ending
		}
		if began == ending {
			i.reserve.Set(0)
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

// begin notes that a call has begun.
func (i *Instance) begin() (began int64) {
	began = i.watch.tick.Load()
	i.since.Store(began)
	return began
}

// end notes that it has ended, and reports whether the watch wanted it to.
func (i *Instance) end(began int64) (timedOut bool) {
	return !i.since.CompareAndSwap(began, 0) && i.ended()
}

func (i *Instance) ended() bool {
	i.watch.mu.Lock() // a look may be at the reserve
	defer i.watch.mu.Unlock()
	i.since.Store(0)
	return true
}
