package hooks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// BackgroundConfig limits the queues of action handlers. Zero means the default given in
// brackets.
type BackgroundConfig struct {
	Events int   // queued for one handler [1024]
	Bytes  int64 // total size of one queue, as reported by keep in [Action.Tell] [4 MiB]
	// OnError is called when a handler fails or panics, on its goroutine; nil ignores
	// errors.
	OnError func(context.Context, error)
}

// Background runs the handlers of actions asynchronously. Each handler has its own queue
// and processes it in order, one value at a time, independently of the others. A queue has
// a goroutine only while it is not empty. Values for a full queue are dropped and counted.
// It is safe for concurrent use.
type Background struct {
	cfg    BackgroundConfig
	ctx    context.Context // of all handlers; cancelled by Close
	cancel context.CancelFunc

	closed atomic.Bool

	mu   sync.Mutex
	busy map[*stint]bool
}

// worker is a queue whose waiting values can be dropped.
type worker interface{ discard() int }

// stint is a period in which a worker is busy.
type stint struct {
	worker
	done chan struct{} // closed at the end
}

// NewBackground returns a Background; close it when done.
func NewBackground(c BackgroundConfig) *Background {
	if c.Events <= 0 {
		c.Events = 1024
	}
	if c.Bytes <= 0 {
		c.Bytes = 4 << 20
	}
	if c.OnError == nil {
		c.OnError = func(context.Context, error) {}
	}
	b := &Background{cfg: c, busy: map[*stint]bool{}}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b
}

// begin records that w is busy; it returns nil once b is closed.
func (b *Background) begin(w worker) *stint {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed.Load() {
		return nil
	}
	s := &stint{w, make(chan struct{})}
	b.busy[s] = true
	return s
}

func (b *Background) end(s *stint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(s.done)
	delete(b.busy, s)
}

// Drain waits until each handler has been idle once, or ctx is done. Everything told before
// has then been handled. The error says how many handlers are still busy.
func (b *Background) Drain(ctx context.Context) error {
	list := b.working()
	for n, done := range list {
		select {
		case <-done:
		case <-ctx.Done():
			return fmt.Errorf("%d event handlers are still busy: %w", len(list)-n, ctx.Err())
		}
	}
	return nil
}

func (b *Background) working() []<-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []<-chan struct{}
	for s := range b.busy {
		list = append(list, s.done)
	}
	return list
}

// patience is how long Close waits for handlers after cancelling their context.
const patience = 100 * time.Millisecond

// Close accepts no more events and drains until ctx is done. Then it drops queued events
// and cancels the handlers' context; the error says how many were dropped. A handler that
// ignores its context keeps running.
func (b *Background) Close(ctx context.Context) error {
	b.closed.Store(true)
	defer b.cancel()
	err := b.Drain(ctx)
	if err == nil {
		return nil
	}
	lost := b.discard() // first, or they would be handled with a cancelled context
	b.cancel()
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer stop()
	return errors.Join(fmt.Errorf("%d events were dropped: %w", lost, err), b.Drain(last))
}

func (b *Background) discard() (lost int) {
	b.mu.Lock()
	list := slices.Collect(maps.Keys(b.busy))
	b.mu.Unlock() // a queue takes this lock while it holds its own
	for _, s := range list {
		lost += s.discard()
	}
	return lost
}
