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

// BackgroundConfig bounds what waits for the handlers of actions. Zero means the
// default in brackets.
type BackgroundConfig struct {
	Events int   // for one handler [1024]
	Bytes  int64 // of these together, as their keeper counts them [4 MiB]
	// OnError is told of handlers that fail or panic, on their goroutine; nil ignores
	// it.
	OnError func(context.Context, error)
}

// Background runs the handlers of actions behind who tells them: each handler has a
// queue of its own, works through it in order, one value at a time, and waits for
// nobody else. A queue has a goroutine only while there is something in it. What
// finds a queue full is dropped and counted. Safe for concurrent use.
type Background struct {
	cfg    BackgroundConfig
	ctx    context.Context // of all handlers; ended by Close
	cancel context.CancelFunc

	closed atomic.Bool

	mu   sync.Mutex
	busy map[*stint]bool
}

// worker is a queue that a Background can give up.
type worker interface{ discard() int }

// stint is one time that a worker has something to do.
type stint struct {
	worker
	done chan struct{} // closed at its end
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

// begin notes that w has something to do; nil once b is closed.
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

// Drain waits until each handler has once had nothing left to do, or ctx ends: all
// that was told before has been handled then. Its error says how many handlers are
// still at work.
func (b *Background) Drain(ctx context.Context) error {
	list := b.working()
	for n, done := range list {
		select {
		case <-done:
		case <-ctx.Done():
			return fmt.Errorf("%d handlers of events are still at work: %w", len(list)-n, ctx.Err())
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

// patience is how long Close waits for handlers whose context it has ended.
const patience = 100 * time.Millisecond

// Close takes no more events and drains until ctx ends. Then it drops what waits
// and ends the handlers' context; the error says how many events those were. Only a
// handler that ignores its context runs on.
func (b *Background) Close(ctx context.Context) error {
	b.closed.Store(true)
	defer b.cancel()
	err := b.Drain(ctx)
	if err == nil {
		return nil
	}
	lost := b.discard() // first, or they would be handled with a context that has ended
	b.cancel()
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer stop()
	return errors.Join(fmt.Errorf("%d events were dropped: %w", lost, err), b.Drain(last))
}

func (b *Background) discard() (lost int) {
	b.mu.Lock()
	list := slices.Collect(maps.Keys(b.busy))
	b.mu.Unlock() // a queue that is full of work asks for it while it holds its own
	for _, s := range list {
		lost += s.discard()
	}
	return lost
}
