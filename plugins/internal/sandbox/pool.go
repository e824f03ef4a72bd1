package sandbox

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// pool hands out instances, at most size at a time.
//
// Each of size tokens is in one place: in slots (no instance yet), in the fast slot or in
// idle (with a ready instance), in used (with one to be renewed), with a caller, or with
// the goroutine that renews. Callers get their result before their instance is renewed; a
// caller that finds none ready renews one itself. close collects all tokens, so no
// instance is left when it returns.
//
// The fast slot holds one instance, which stays there while in use, and costs a tenth of
// a channel: claiming the instance acquires it. A waiter increments waiting before it
// checks the fast slot, so either it sees the freed instance or put sees the waiter.
type pool struct {
	slots      chan struct{}
	fast       atomic.Pointer[wasm.Instance]
	waiting    atomic.Int64 // callers, plus one after close
	idle, used chan *wasm.Instance
	start      func(context.Context) (*wasm.Instance, error)
	renew      func(*wasm.Instance) *wasm.Instance // returns nil if there is none

	closing   chan struct{}
	once      sync.Once
	worker    sync.WaitGroup
	collected int // tokens that close has collected
}

func newPool(size int, start func(context.Context) (*wasm.Instance, error), renew func(*wasm.Instance) *wasm.Instance) *pool {
	p := &pool{
		slots:   make(chan struct{}, size),
		idle:    make(chan *wasm.Instance, size),
		used:    make(chan *wasm.Instance, size),
		closing: make(chan struct{}),
		start:   start,
		renew:   renew,
	}
	for range size {
		p.slots <- struct{}{}
	}
	return p
}

// open starts the pool with a first instance.
func (p *pool) open(first *wasm.Instance) {
	<-p.slots
	p.idle <- first
	p.worker.Go(p.work)
}

func (p *pool) work() {
	for {
		select {
		case i := <-p.used:
			p.settle(p.renew(i))
		case <-p.closing:
			return
		}
	}
}

func (p *pool) settle(i *wasm.Instance) {
	if i == nil {
		p.slots <- struct{}{}
		return
	}
	p.idle <- i
}

// get returns an instance within d: a ready one, a renewed one, or a new one. The error
// is [ErrClosed], errBusy, ctx's, or that of a failed start.
func (p *pool) get(ctx context.Context, d time.Duration) (*wasm.Instance, error) {
	if i := p.claimFast(); i != nil {
		return i, nil
	}
	i, err := p.find(ctx, d)
	if err == nil {
		i.Take()
	}
	return i, err
}

// claimFast claims the instance in the fast slot; nil if it is in use or absent.
func (p *pool) claimFast() *wasm.Instance {
	if i := p.fast.Load(); i != nil && i.Claim() {
		return i
	}
	return nil
}

func (p *pool) find(ctx context.Context, d time.Duration) (*wasm.Instance, error) {
	select {
	case i := <-p.idle:
		return i, nil
	default:
	}
	select {
	case i := <-p.idle:
		return i, nil
	case i := <-p.used:
		return p.refresh(ctx, i)
	case <-p.slots:
		return p.fill(ctx)
	default:
	}
	return p.wait(ctx, d)
}

func (p *pool) wait(ctx context.Context, d time.Duration) (*wasm.Instance, error) {
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	if i := p.claimFast(); i != nil {
		return i, nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case i := <-p.idle:
		return i, nil
	case i := <-p.used:
		return p.refresh(ctx, i)
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

func (p *pool) refresh(ctx context.Context, i *wasm.Instance) (*wasm.Instance, error) {
	if i = p.renew(i); i != nil {
		return i, nil
	}
	return p.fill(ctx)
}

// fill creates an instance for the token that the caller holds.
func (p *pool) fill(ctx context.Context) (*wasm.Instance, error) {
	i, err := p.start(ctx)
	if err != nil {
		p.slots <- struct{}{}
		return nil, err
	}
	return i, nil
}

// put returns an instance that is ready for the next caller.
func (p *pool) put(i *wasm.Instance) {
	if p.waiting.Load() == 0 && (p.fast.Load() == i || p.fast.CompareAndSwap(nil, i)) {
		i.Free()
		if p.waiting.Load() == 0 || !i.Claim() {
			return
		}
	}
	p.pass(i, p.idle)
}

// retire returns an instance that must be renewed first.
func (p *pool) retire(i *wasm.Instance) { p.pass(i, p.used) }

// pass moves an instance to a channel, after taking it out of the fast slot.
func (p *pool) pass(i *wasm.Instance, to chan<- *wasm.Instance) {
	if p.fast.Load() == i {
		p.fast.Store(nil)
	}
	i.Hold()
	to <- i
}

// close rejects new callers and waits for current ones, until ctx ends. It may be called
// again to continue waiting, by one goroutine at a time.
func (p *pool) close(ctx context.Context) error {
	p.once.Do(func() {
		close(p.closing)
		p.waiting.Add(1)
		if i := p.claimFast(); i != nil {
			p.pass(i, p.idle)
		}
	})
	for ; p.collected < cap(p.slots); p.collected++ {
		select {
		case i := <-p.idle:
			_ = i.Close() // it only holds memory; there is nothing to report
		case i := <-p.used:
			_ = i.Close()
		case <-p.slots:
		case <-ctx.Done():
			return fmt.Errorf("calls are still running: %w", ctx.Err())
		}
	}
	p.worker.Wait()
	return nil
}
