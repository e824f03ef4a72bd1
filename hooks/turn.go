package hooks

import (
	"context"
	"errors"
)

// turn is a value on its way through the handlers of a filter, and the view of it for the
// current handler. Turns are reused; each is used by one goroutine at a time.
type turn[T any] struct {
	value, before T
	judge         Judge[T] // nil: everything is accepted
	view          View     // of value; nil before the first handler of a view
	guard         Guard[T] // of the current handler; nil: it is trusted
	wide          func() bool
	checked       bool // unchanged since the last Check
}

var (
	_ View    = (*turn[int])(nil)
	_ Saver   = (*turn[int])(nil)
	_ Widener = (*turn[int])(nil)
	_ Checker = (*turn[int])(nil)
)

// whole runs a handler of the whole value, on a copy if the filter has a copy function.
func (t *turn[T]) whole(ctx context.Context, copied func(T) T, fn func(context.Context, T) (T, error)) error {
	if t.judge != nil {
		t.before = t.value
	}
	if copied != nil {
		t.value = copied(t.value)
	}
	next, err := fn(ctx, t.value)
	if !keeps(err) {
		return err
	}
	t.value = next
	if t.judge != nil {
		if refused := t.judge(ctx, &t.before, &t.value, false); refused != nil {
			return refused
		}
	}
	return err
}

// keyed runs a handler of the view.
func (t *turn[T]) keyed(ctx context.Context, viewer Viewer[T], fn func(context.Context, View) error) error {
	if t.view == nil {
		t.view = viewer.View(&t.value)
	}
	t.before, t.checked = t.value, true
	err := fn(ctx, t)
	switch {
	case keeps(err):
		if refused := t.Check(ctx); refused != nil {
			return refused
		}
	case errors.Is(err, ErrSkip):
		t.value = t.before
		return nil
	}
	return err
}

// keeps reports whether the changes of a handler are kept.
func keeps(err error) bool { return err == nil || errors.Is(err, ErrStop) }

// Check implements Checker.
func (t *turn[T]) Check(ctx context.Context) error {
	if t.checked {
		return nil
	}
	if t.guard != nil && !t.wide() {
		if err := t.guard.Check(ctx, &t.before, &t.value); err != nil {
			return err
		}
	}
	if t.judge != nil {
		if err := t.judge(ctx, &t.before, &t.value, true); err != nil {
			return err
		}
	}
	t.checked = true
	return nil
}

// Get implements View.
func (t *turn[T]) Get(key string) (Value, bool) { return t.view.Get(key) }

// Keys implements View.
func (t *turn[T]) Keys(prefix string) []string { return t.view.Keys(prefix) }

// Set implements View.
func (t *turn[T]) Set(key string, v Value) error {
	t.checked = false
	return valueError(key, t.view.Set(key, v))
}

// Delete implements View.
func (t *turn[T]) Delete(key string) error {
	t.checked = false
	return valueError(key, t.view.Delete(key))
}

// Save implements Saver.
func (t *turn[T]) Save() func() {
	back := Save(t.view)
	if back == nil {
		return nil
	}
	return func() { back(); t.checked = false }
}

// Widens implements Widener.
func (t *turn[T]) Widens(ctx context.Context, key string, v Value) bool {
	return Widens(ctx, t.view, key, v)
}
