package login

import (
	"context"
	"sync"

	"github.com/cardea-auth/cardea/core/api"
)

// flights lets those who want the same thing at the same moment share one run of
// what finds it. Nothing is remembered beyond the run. Safe for concurrent use.
type flights[K comparable, V any] struct {
	what  string                      // is done, for errors
	ended func(v V, err error, n int) // is told of each run's end and for how many callers it is; may be nil

	mu   sync.Mutex
	runs map[K]*flight[V]
	open sync.WaitGroup // runs that have not ended, also those that nobody waits for
}

// flight is one run. Its value and error may be read once done is closed.
type flight[V any] struct {
	done   chan struct{}
	cancel context.CancelFunc
	value  V
	err    error

	callers int // who have not left; does not change once it has ended
	ended   bool
}

// join returns the run that is under way for the key, or begins one. A run has the
// values of its first caller's context, and goes on when that caller leaves; it is
// cancelled when all have left.
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

// leave says that a caller does not wait for the run any more, and reports whether
// that came before its end.
func (f *flights[K, V]) leave(key K, x *flight[V]) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if x.ended {
		return false
	}
	if x.callers--; x.callers == 0 {
		x.cancel()
		f.remove(key, x) // who comes now begins anew
	}
	return true
}

func (f *flights[K, V]) remove(key K, x *flight[V]) {
	if f.runs[key] == x {
		delete(f.runs, key)
	}
}
