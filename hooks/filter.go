package hooks

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Filter is a point whose handlers may change a value of type T or refuse.
type Filter[T any] struct {
	handlers[func(context.Context, *turn[T]) error]

	name   string
	viewer Viewer[T]
	enrich bool
	copied func(T) T // nil: handlers share what a value refers to
	turns  sync.Pool // of *turn[T], since values are large and filters run often
}

var (
	_ Point    = (*Filter[int])(nil)
	_ Enricher = (*Filter[int])(nil)
)

// NewFilter returns a filter without handlers.
func NewFilter[T any](name string) *Filter[T] { return &Filter[T]{name: name} }

// WithView sets the keyed view and returns the filter. Call it right after [NewFilter].
func (f *Filter[T]) WithView(v Viewer[T]) *Filter[T] {
	f.viewer = v
	return f
}

// WithCopy sets a copy function and returns the filter. Call it right after [NewFilter].
// Handlers of the whole value get a copy; it must not refer to anything that a handler may
// change in place, as slices.DeleteFunc does. Without it, such a change would also affect
// the value before the handler.
func (f *Filter[T]) WithCopy(copied func(T) T) *Filter[T] {
	f.copied = copied
	return f
}

// WithEnrich marks the filter as one that adds and does not decide, see [Enricher]. It
// returns the filter, for use right after [NewFilter].
func (f *Filter[T]) WithEnrich() *Filter[T] {
	f.enrich = true
	return f
}

// Enriches implements [Enricher].
func (f *Filter[T]) Enriches() bool { return f.enrich }

// Fields returns the keys of the keyed view.
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

// Bind adds a handler with an id that must be unique at this point: [ErrDuplicate] if it is
// taken, [ErrNoFunc] if fn is nil. fn must be safe for concurrent use.
func (f *Filter[T]) Bind(id string, fn func(context.Context, T) (T, error), opts ...Option) error {
	if fn == nil {
		return fmt.Errorf("bind %q: %w", id, ErrNoFunc)
	}
	return f.bind(id, func(ctx context.Context, t *turn[T]) error { return t.whole(ctx, f.copied, fn) }, opts)
}

// BindView implements [Point]. Without a view it returns [ErrNoView].
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

// Apply runs the handlers on v. It stops at the first error or panic and returns an
// [*Error] with the zero value of T, so that a caller that ignores the error does not
// continue with a partly changed value.
func (f *Filter[T]) Apply(ctx context.Context, v T) (T, error) { return f.ApplyJudged(ctx, v, nil) }

// ApplyJudged is Apply with a judge: a value that it refuses becomes an error of the
// handler that set it.
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
	defer func() { // one for all handlers, which is cheaper
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
	t.value, t.before, t.judge, t.guard, t.wide = zero, zero, nil, nil, nil // do not retain what they refer to
	f.turns.Put(t)
}

// When returns a filter handler that runs fn only if pred returns true. It returns nil,
// which Bind refuses, if either is nil.
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
