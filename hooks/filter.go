package hooks

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Filter is a point at which handlers may change a value of type T or refuse.
type Filter[T any] struct {
	handlers[func(context.Context, *T) error] // on the value in its place

	name   string
	viewer Viewer[T]
	boxes  sync.Pool // of *T: values are large and filters run often
}

var _ Point = (*Filter[int])(nil)

// NewFilter returns a filter without handlers.
func NewFilter[T any](name string) *Filter[T] { return &Filter[T]{name: name} }

// WithView gives the filter its keyed view and returns it, for use right after
// [NewFilter].
func (f *Filter[T]) WithView(v Viewer[T]) *Filter[T] {
	f.viewer = v
	return f
}

// Fields lists the keys of the keyed view.
func (f *Filter[T]) Fields() []Field {
	if f.viewer == nil {
		return nil
	}
	return f.viewer.Fields()
}

// Name returns the point's name.
func (f *Filter[T]) Name() string { return f.name }

// IsFilter returns true.
func (f *Filter[T]) IsFilter() bool { return true }

// Bind adds a handler under an id that is unique at this point; [ErrDuplicate]
// if it is taken, [ErrNoFunc] if fn is nil. fn must be safe for concurrent use.
func (f *Filter[T]) Bind(id string, fn func(context.Context, T) (T, error), opts ...Option) error {
	if fn == nil {
		return fmt.Errorf("bind %q: %w", id, ErrNoFunc)
	}
	return f.bind(id, func(ctx context.Context, v *T) error {
		next, err := fn(ctx, *v)
		if err == nil || errors.Is(err, ErrStop) {
			*v = next
		}
		return err
	}, opts)
}

// BindView implements [Point]. It fails with [ErrNoView] before WithView.
func (f *Filter[T]) BindView(id string, fn func(context.Context, View) error, opts ...Option) error {
	if f.viewer == nil {
		return ErrNoView
	}
	if fn == nil {
		return fmt.Errorf("bind %q: %w", id, ErrNoFunc)
	}
	guard, guarded := f.viewer.(Guard[T])
	wide := readOptions(opts).wide
	guarded = guarded && wide != nil
	return f.bind(id, func(ctx context.Context, v *T) error {
		before := *v
		err := fn(ctx, f.viewer.View(v))
		switch {
		case err != nil && errors.Is(err, ErrSkip):
			*v = before
			return nil
		case guarded && (err == nil || errors.Is(err, ErrStop)) && !wide():
			if widened := guard.Check(ctx, &before, v); widened != nil {
				return widened
			}
		}
		return err
	}, opts)
}

// Apply runs the handlers on v. The first error stops: Apply then returns T's
// zero value and an [*Error], so that a caller that ignores the error cannot
// go on with a half-changed value. A panic is such an error.
func (f *Filter[T]) Apply(ctx context.Context, v T) (T, error) {
	list := f.load()
	if len(list) == 0 {
		return v, nil
	}
	return f.run(ctx, list, v)
}

func (f *Filter[T]) run(ctx context.Context, list []handler[func(context.Context, *T) error], v T) (out T, err error) {
	box := f.box()
	*box = v
	now := 0
	defer func() { // one for all handlers: it costs each of them nothing
		if r := recover(); r != nil {
			err = &Error{Point: f.name, Handler: list[now].ID, Err: panicked(r)}
		}
	}()
	for now = range list {
		err := list[now].fn(ctx, box)
		if err == nil {
			continue
		}
		if errors.Is(err, ErrStop) {
			break
		}
		f.putBack(box)
		return out, &Error{Point: f.name, Handler: list[now].ID, Err: err}
	}
	out = *box
	f.putBack(box)
	return out, nil
}

func (f *Filter[T]) box() *T {
	if box, ok := f.boxes.Get().(*T); ok {
		return box
	}
	return new(T)
}

func (f *Filter[T]) putBack(box *T) {
	var zero T
	*box = zero // it would keep alive what it holds
	f.boxes.Put(box)
}

// When wraps a filter handler so that it runs only where pred holds. If one of
// them is nil, so is what it returns, which Bind refuses.
func When[T any](pred func(T) bool, fn func(context.Context, T) (T, error)) func(context.Context, T) (T, error) {
	if pred == nil || fn == nil {
		return nil
	}
	return func(ctx context.Context, v T) (T, error) {
		if !pred(v) {
			return v, nil
		}
		return fn(ctx, v)
	}
}
