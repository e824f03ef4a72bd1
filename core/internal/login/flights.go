package login

import (
	"context"
	"sync"

	"github.com/cardea-auth/cardea/core/api"
)

// flights runs a function once for concurrent callers with the same key. It keeps no
// results. It is safe for concurrent use.
type flights[K comparable, V any] struct {
	what  string                      // what the function does, for errors
	ended func(v V, err error, n int) // called at the end of each run with the number of callers; may be nil

	mu   sync.Mutex
	runs map[K]*flight[V]
	open sync.WaitGroup // runs in flight, even without callers
}

// flight is one run. value and err may be read once done is closed.
type flight[V any] struct {
	done   chan struct{}
	cancel context.CancelFunc
	value  V
	err    error

	callers int // waiting callers; constant after the end
	ended   bool
}

// join returns the run in flight for the key, or starts one. A run uses the values of its
// first caller's context and continues when that caller leaves; it is cancelled when all
// have left.
func (f *flights[K, V]) join(ctx context.Context, key K, run func(context.Context) (V, error)) *flight[V] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if x := f.runs[key]; x != nil {
		x.callers++
		return x
	}
	x := &flight[V]{done: make(chan struct{}), callers: 1}
	ctx, x.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if f.runs == nil {
		f.runs = map[K]*flight[V]{}
	}
	f.runs[key] = x
	f.open.Go(func() { f.run(ctx, key, x, run) })
	return x
}

func (f *flights[K, V]) run(ctx context.Context, key K, x *flight[V], run func(context.Context) (V, error)) {
	defer x.cancel()
	value, err := func() (v V, err error) {
		defer api.Recover(f.what, "", &err)
		return run(ctx)
	}()
	f.mu.Lock()
	x.value, x.err, x.ended = value, err, true
	f.remove(key, x)
	f.mu.Unlock()
	if f.ended != nil {
		f.ended(value, err, x.callers)
	}
	close(x.done)
}

// leave removes a caller from the run, and reports false if the run has already ended.
func (f *flights[K, V]) leave(key K, x *flight[V]) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if x.ended {
		return false
	}
	if x.callers--; x.callers == 0 {
		x.cancel()
		f.remove(key, x) // the next caller starts a new run
	}
	return true
}

func (f *flights[K, V]) remove(key K, x *flight[V]) {
	if f.runs[key] == x {
		delete(f.runs, key)
	}
}
