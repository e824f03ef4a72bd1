package hooks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// The errors of Bind and of a [View].
var (
	ErrDuplicate    = errors.New("a handler with this id is already bound")
	ErrNoID         = errors.New("the handler has no id")
	ErrNoFunc       = errors.New("the handler's function is nil")
	ErrNoView       = errors.New("this point has no keyed view")
	ErrReadOnly     = errors.New("this field cannot be changed here")
	ErrUnknownField = errors.New("no such field at this point")
	ErrBadValue     = errors.New("this value does not fit the field")
)

// ErrStop is returned by a filter's handler, together with its value, to accept the value
// and skip all later handlers. It is not a failure.
var ErrStop = errors.New("stop here")

// ErrSkip is returned by a handler of a filter's view to discard its changes and continue
// with the next handler. It is not a failure.
var ErrSkip = errors.New("skip this handler")

// Error is the failure of a handler, with its id and point.
type Error struct {
	Point, Handler string
	Err            error
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("hook %s at %s: %v", e.Handler, e.Point, e.Err) }

// Unwrap returns the handler's error.
func (e *Error) Unwrap() error { return e.Err }

// panicked returns the error for a panic of a handler, with the stack for the log.
func panicked(r any) error { return fmt.Errorf("panic: %v\n%s", r, debug.Stack()) }

// Option is an option for binding a handler.
type Option func(*options)

type options struct {
	order  int
	inline bool
	wide   func() bool // nil: the handler is trusted
}

// Inline makes an action's handler run before [Action.Tell] returns: for Go functions that
// never block, such as counters. Filters ignore it.
func Inline() Option { return func(o *options) { o.inline = true } }

// Order sets the position of a handler: lower runs first, the default is 0, ties run in the
// order of their ids.
func Order(n int) Option { return func(o *options) { o.order = n } }

// Narrow subjects a handler of a keyed view to its point's [Guard] as long as wide returns
// false: a change that the guard refuses, such as additional roles of a user, is then an
// error. Runtimes for untrusted code use it; wide must be safe for concurrent use.
func Narrow(wide func() bool) Option { return func(o *options) { o.wide = wide } }

func readOptions(opts []Option) options {
	var o options
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	return o
}

// Binding describes one bound handler.
type Binding struct {
	ID    string
	Order int
}

// Point is a hook point without its type, for runtimes that bind by name.
type Point interface {
	// Name returns the kebab-case name, which never changes once published.
	Name() string
	// IsFilter reports whether the point is a filter, not an action.
	IsFilter() bool
	// BindView binds fn to the keyed view of the point's value. At a filter, changes by fn
	// are applied if it returns nil and discarded otherwise; at an action they are always
	// discarded.
	BindView(id string, fn func(context.Context, View) error, opts ...Option) error
	// Unbind removes a handler and reports whether it was bound.
	Unbind(id string) bool
	// Bindings returns the handlers in the order in which they run.
	Bindings() []Binding
	// Declare adds names that handlers may set in a family whose members must be known in
	// advance, such as the headers at identity-headers. They must be declared before a
	// handler sets them, and are never removed.
	Declare(names ...string)
	// Fields returns the keys of the keyed view; none if the point has no view.
	Fields() []Field
}

// Field describes one key of a point's keyed view. A key that ends with "." stands for all
// keys with that prefix.
type Field struct {
	Key      string
	Writable bool
	Type     FieldType `json:",omitzero"`
	// Wants is the right without which a guest can only lower the number, only turn true
	// into false, or only take members out of the list; "" is none.
	Wants string `json:",omitzero"`
	// Named says that a guest may write members of a family only if they are granted by
	// their full names.
	Named bool `json:",omitzero"`
}

// FieldType is the type of a field's value. The zero value is [TextField].
type FieldType uint8

// The types of fields.
const (
	TextField FieldType = iota
	IntField
	BoolField
	JSONField // a list or an object, as JSON text
	AnyField  // any of them
)

// Enricher is a [Point] that knows whether it adds and does not decide: a guest that
// breaks there is skipped unless its binding says otherwise.
type Enricher interface{ Enriches() bool }

// Viewer creates keyed views of a T; set it with WithView.
type Viewer[T any] interface {
	View(*T) View
	Fields() []Field
}

// Guard is a [Viewer] that can tell which changes give more rights. Check returns an error
// if a handler bound with [Narrow] may not change before to after; it runs whenever [Check]
// does.
type Guard[T any] interface {
	Check(ctx context.Context, before, after *T) error
}

// handlers is an ordered list that is read without a lock.
type handlers[F any] struct {
	mu       sync.Mutex
	list     atomic.Pointer[[]handler[F]]
	declared atomic.Pointer[[]string]

	checkNames func(names []string) error // nil: all may be declared
}

type handler[F any] struct {
	Binding
	fn F
}

func (h *handlers[F]) load() []handler[F] {
	if p := h.list.Load(); p != nil {
		return *p
	}
	return nil
}

func (h *handlers[F]) bind(id string, fn F, opts []Option) error {
	if id == "" {
		return ErrNoID
	}
	o := readOptions(opts)
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.load()
	if slices.ContainsFunc(old, func(x handler[F]) bool { return x.ID == id }) {
		return fmt.Errorf("bind %q: %w", id, ErrDuplicate)
	}
	list := append(slices.Clone(old), handler[F]{Binding{id, o.order}, fn})
	slices.SortFunc(list, func(a, b handler[F]) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.ID, b.ID))
	})
	h.list.Store(&list)
	return nil
}

// Unbind removes a handler and reports whether it was bound.
func (h *handlers[F]) Unbind(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.load()
	list := slices.DeleteFunc(slices.Clone(old), func(x handler[F]) bool { return x.ID == id })
	h.list.Store(&list)
	return len(list) < len(old)
}

// Bindings returns the handlers in the order in which they run.
func (h *handlers[F]) Bindings() []Binding {
	var out []Binding
	for _, x := range h.load() {
		out = append(out, x.Binding)
	}
	return out
}

// Declare implements [Point]. It is safe for concurrent use.
func (h *handlers[F]) Declare(names ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []string
	if old := h.declared.Load(); old != nil {
		list = slices.Clone(*old)
	}
	for _, name := range names {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	h.declared.Store(&list)
}

// CheckNames sets the function that decides whether a bound plugin may declare more names:
// an error refuses them. Nil accepts all.
func (h *handlers[F]) CheckNames(check func(names []string) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checkNames = check
}

// MayDeclare returns an error if the names cannot be declared now.
func (h *handlers[F]) MayDeclare(names ...string) error {
	h.mu.Lock()
	check := h.checkNames
	h.mu.Unlock()
	if check == nil || len(names) == 0 {
		return nil
	}
	return check(names)
}

// Declared returns the declared names, or nil if there are none. The list is immutable;
// each Declare stores a new one.
func (h *handlers[F]) Declared() *[]string { return h.declared.Load() }

// Len returns the number of bound handlers.
func (h *handlers[F]) Len() int { return len(h.load()) }
