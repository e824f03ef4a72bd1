package plugins

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

var errBusy = errors.New("every instance is in use: raise limits.instances, or make the hook faster")

// pool hands out instances, never more than its size at a time.
//
// Each of size tokens is in one of three places: in slots (no instance yet), in
// idle (with its instance), or with a caller. Closing collects all of them, so
// when it returns no instance is left.
type pool struct {
	slots chan struct{}
	idle  chan *wasm.Instance
	start func(context.Context) (*wasm.Instance, error)

	closing   chan struct{}
	once      sync.Once
	collected int // tokens that close has taken out for good
}

func newPool(size int, start func(context.Context) (*wasm.Instance, error)) *pool {
	p := &pool{
		slots:   make(chan struct{}, size),
		idle:    make(chan *wasm.Instance, size),
		closing: make(chan struct{}),
		start:   start,
	}
	for range size {
		p.slots <- struct{}{}
	}
	return p
}

// get returns an instance, a used one before a new one, within d. An error is
// [ErrClosed], errBusy, ctx's, or a failed start's.
func (p *pool) get(ctx context.Context, d time.Duration) (*wasm.Instance, error) {
	select {
	case i := <-p.idle:
		return i, nil
	default:
	}
	select {
	case i := <-p.idle:
		return i, nil
	case <-p.slots:
		return p.fill(ctx)
	default:
	}
	return p.wait(ctx, d)
}

func (p *pool) wait(ctx context.Context, d time.Duration) (*wasm.Instance, error) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case i := <-p.idle:
		return i, nil
	case <-p.slots:
		return p.fill(ctx)
	case <-p.closing:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", errBusy, ctx.Err())
	case <-timer.C:
		return nil, errBusy
	}
}

// fill turns the slot that the caller holds into an instance.
func (p *pool) fill(ctx context.Context) (*wasm.Instance, error) {
	i, err := p.start(ctx)
	if err != nil {
		p.slots <- struct{}{}
		return nil, err
	}
	return i, nil
}

// put takes an instance back for the next caller.
func (p *pool) put(i *wasm.Instance) { p.idle <- i }

// discard closes an instance and frees its slot.
func (p *pool) discard(i *wasm.Instance) {
	_ = i.Close() // it holds memory only; there is nothing to report
	p.slots <- struct{}{}
}

// close refuses new callers and waits for the present ones, bounded by ctx; it
// may be called again to go on waiting, by one goroutine at a time.
func (p *pool) close(ctx context.Context) error {
	p.once.Do(func() { close(p.closing) })
	for ; p.collected < cap(p.slots); p.collected++ {
		select {
		case i := <-p.idle:
			_ = i.Close() // it holds memory only; there is nothing to report
		case <-p.slots:
		case <-ctx.Done():
			return fmt.Errorf("calls are still running: %w", ctx.Err())
		}
	}
	return nil
}
