package hooks

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Action is a point whose handlers are told that something happened. They cannot change the
// outcome.
type Action[T any] struct {
	handlers[listener[T]]
	name   string
	viewer Viewer[T]
}

var _ Point = (*Action[int])(nil)

// NewAction returns an action without handlers.
func NewAction[T any](name string) *Action[T] { return &Action[T]{name: name} }

// WithView sets the keyed view and returns the action. Call it right after [NewAction].
func (a *Action[T]) WithView(v Viewer[T]) *Action[T] {
	a.viewer = v
	return a
}

// Fields returns the keys of the keyed view, all read-only.
func (a *Action[T]) Fields() []Field {
	if a.viewer == nil {
		return nil
	}
	return a.viewer.Fields()
}

// Name returns the point's name.
func (a *Action[T]) Name() string { return a.name }

// IsFilter returns false.
func (a *Action[T]) IsFilter() bool { return false }

// Bind adds a handler with an id that must be unique at this point: [ErrDuplicate] if it is
// taken, [ErrNoFunc] if fn is nil. fn must be safe for concurrent use, and must not change
// what the value refers to, which other handlers share.
func (a *Action[T]) Bind(id string, fn func(context.Context, T) error, opts ...Option) error {
	if fn == nil {
		return fmt.Errorf("bind %q: %w", id, ErrNoFunc)
	}
	q := &queue[T]{point: a.name, id: id, fn: fn}
	return a.bind(id, listener[T]{q, readOptions(opts).inline}, opts)
}

// BindView implements [Point]. Without a view it returns [ErrNoView].
func (a *Action[T]) BindView(id string, fn func(context.Context, View) error, opts ...Option) error {
	if a.viewer == nil {
		return ErrNoView
	}
	if fn == nil {
		return fmt.Errorf("bind %q: %w", id, ErrNoFunc)
	}
	return a.Bind(id, func(ctx context.Context, v T) error {
		err := fn(ctx, a.viewer.View(&v))
		if errors.Is(err, ErrSkip) || errors.Is(err, ErrStop) {
			return nil // not applicable to an action
		}
		return err
	}, opts...)
}

// Do runs all handlers synchronously, whatever the others return, and joins their errors. A
// panic of a handler becomes an error.
func (a *Action[T]) Do(ctx context.Context, v T) error {
	var errs []error
	for _, h := range a.load() {
		if err := call(ctx, h.fn.fn, v); err != nil {
			errs = append(errs, &Error{Point: a.name, Handler: h.ID, Err: err})
		}
	}
	return errors.Join(errs...)
}

// Tell runs the handlers asynchronously: b processes a queue for each. keep returns a copy
// of the value that outlives the call, and its approximate size in bytes; it is called
// once, if there are such handlers, and they share the copy. Handlers bound with [Inline]
// run before Tell returns.
func (a *Action[T]) Tell(ctx context.Context, b *Background, v T, keep func(T) (T, int64)) {
	var kept told[T]
	for _, h := range a.load() {
		if h.fn.inline {
			if err := call(ctx, h.fn.fn, v); err != nil {
				b.cfg.OnError(ctx, &Error{Point: a.name, Handler: h.ID, Err: err})
			}
			continue
		}
		if kept.at.IsZero() {
			kept.at = time.Now()
			kept.value, kept.size = keep(v)
		}
		h.fn.add(b, kept)
	}
}

// Queues describes the queues of the handlers that run in the background.
func (a *Action[T]) Queues() []Queue {
	var list []Queue
	now := time.Now()
	for _, h := range a.load() {
		if !h.fn.inline {
			list = append(list, h.fn.state(now))
		}
	}
	return list
}

// listener is a handler of an action with its queue.
type listener[T any] struct {
	*queue[T]
	inline bool
}

func call[T any](ctx context.Context, fn func(context.Context, T) error, v T) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	return fn(ctx, v)
}
