package hooks

import (
	"context"
	"errors"
	"fmt"
)

// Action is a point at which handlers are told that something happened. They
// cannot change the outcome.
type Action[T any] struct {
	handlers[func(context.Context, T) error]
	name   string
	viewer Viewer[T]
}

var _ Point = (*Action[int])(nil)

// NewAction returns an action without handlers.
func NewAction[T any](name string) *Action[T] { return &Action[T]{name: name} }

// WithView gives the action its keyed view and returns it, for use right after
// [NewAction].
func (a *Action[T]) WithView(v Viewer[T]) *Action[T] {
	a.viewer = v
	return a
}

// Fields lists the keys of the keyed view; an action's cannot be written.
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

// Bind adds a handler under an id that is unique at this point; [ErrDuplicate]
// if it is taken, [ErrNoFunc] if fn is nil. fn must be safe for concurrent use.
func (a *Action[T]) Bind(id string, fn func(context.Context, T) error, opts ...Option) error {
	if fn == nil {
		return fmt.Errorf("bind %q: %w", id, ErrNoFunc)
	}
	return a.bind(id, fn, opts)
}

// BindView implements [Point]. It fails with [ErrNoView] before WithView.
func (a *Action[T]) BindView(id string, fn func(context.Context, View) error, opts ...Option) error {
	if a.viewer == nil {
		return ErrNoView
	}
	if fn == nil {
		return fmt.Errorf("bind %q: %w", id, ErrNoFunc)
	}
	return a.bind(id, func(ctx context.Context, v T) error {
		err := fn(ctx, a.viewer.View(&v))
		if errors.Is(err, ErrSkip) || errors.Is(err, ErrStop) {
			return nil // there is nothing to skip or stop here
		}
		return err
	}, opts)
}

// Do runs all handlers, whatever the others return, and joins their errors. A
// handler that panics counts as one that failed: an event has no caller who
// could be told otherwise.
func (a *Action[T]) Do(ctx context.Context, v T) error {
	var errs []error
	for _, h := range a.load() {
		if err := call(ctx, h.fn, v); err != nil {
			errs = append(errs, &Error{Point: a.name, Handler: h.ID, Err: err})
		}
	}
	return errors.Join(errs...)
}

func call[T any](ctx context.Context, fn func(context.Context, T) error, v T) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	return fn(ctx, v)
}
