package hooks

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Filter is a point at which handlers may change a value of type T or refuse.
type Filter[T any] struct {
	handlers[func(context.Context, *turn[T]) error]

	name   string
	viewer Viewer[T]
	enrich bool
	copied func(T) T // nil: handlers share what a value refers to
	turns  sync.Pool // of *turn[T]: values are large and filters run often
}

var (
	_ Point    = (*Filter[int])(nil)
	_ Enricher = (*Filter[int])(nil)
)

// NewFilter returns a filter without handlers.
func NewFilter[T any](name string) *Filter[T] { return &Filter[T]{name: name} }

// WithView gives the filter its keyed view and returns it, for use right after
// [NewFilter].
func (f *Filter[T]) WithView(v Viewer[T]) *Filter[T] {
	f.viewer = v
	return f
}

// WithCopy has handlers of the whole value given what copied returns of it, and returns the
// filter, for use right after [NewFilter]: a copy that refers to nothing that a handler may
// change in place, as slices.DeleteFunc does. Else what a value was before would change
// with it.
func (f *Filter[T]) WithCopy(copied func(T) T) *Filter[T] {
	f.copied = copied
	return f
}

// WithEnrich makes the filter one that adds and does not decide, see [Enricher], and
// returns it, for use right after [NewFilter].
func (f *Filter[T]) WithEnrich() *Filter[T] {
	f.enrich = true
	return f
}

// Enriches implements [Enricher].
func (f *Filter[T]) Enriches() bool { return f.enrich }

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
	return f.bind(id, func(ctx context.Context, t *turn[T]) error { return t.whole(ctx, f.copied, fn) }, opts)
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
	if !guarded || wide == nil {
		guard = nil
	}
	return f.bind(id, func(ctx context.Context, t *turn[T]) error {
		t.guard, t.wide = guard, wide
		return t.keyed(ctx, f.viewer, fn)
	}, opts)
}

// Apply runs the handlers on v. The first error stops: Apply then returns T's
// zero value and an [*Error], so that a caller that ignores the error cannot
// go on with a half-changed value. A panic is such an error.
func (f *Filter[T]) Apply(ctx context.Context, v T) (T, error) { return f.ApplyJudged(ctx, v, nil) }

// ApplyJudged is Apply for an owner that does not accept every value: what judge
// refuses is the error of the handler that has set it.
func (f *Filter[T]) ApplyJudged(ctx context.Context, v T, judge Judge[T]) (T, error) {
	list := f.load()
	if len(list) == 0 {
		return v, nil
	}
	t := f.turn()
	t.value, t.judge = v, judge
	return f.run(ctx, list, t)
}

func (f *Filter[T]) run(ctx context.Context, list []handler[func(context.Context, *turn[T]) error], t *turn[T]) (out T, err error) {
	now := 0
	defer func() { // one for all handlers: it costs each of them nothing
		if r := recover(); r != nil {
			err = &Error{Point: f.name, Handler: list[now].ID, Err: panicked(r)}
		}
	}()
	for now = range list {
		err := list[now].fn(ctx, t)
		if err == nil {
			continue
		}
		if errors.Is(err, ErrStop) {
			break
		}
		f.putBack(t)
		return out, &Error{Point: f.name, Handler: list[now].ID, Err: err}
	}
	out = t.value
	f.putBack(t)
	return out, nil
}

func (f *Filter[T]) turn() *turn[T] {
	if t, ok := f.turns.Get().(*turn[T]); ok {
		return t
	}
	return new(turn[T])
}

func (f *Filter[T]) putBack(t *turn[T]) {
	var zero T
	t.value, t.before, t.judge, t.guard, t.wide = zero, zero, nil, nil, nil // it would keep alive what they hold
	f.turns.Put(t)
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
