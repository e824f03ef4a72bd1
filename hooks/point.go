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
	ErrDuplicate    = errors.New("a handler with this id is bound already")
	ErrNoID         = errors.New("a handler needs an id")
	ErrNoFunc       = errors.New("a handler needs a function: it is nil")
	ErrNoView       = errors.New("this point has no keyed view")
	ErrReadOnly     = errors.New("this field cannot be changed here")
	ErrUnknownField = errors.New("no such field at this point")
	ErrBadValue     = errors.New("this value does not fit the field")
)

// ErrStop is what a filter's handler returns beside its value to say that the
// value stands and that no later handler shall run. It is no failure.
var ErrStop = errors.New("stop here")

// ErrSkip is what a handler of a filter's view returns to drop whatever it has
// set and let the next handler run. It is no failure.
var ErrSkip = errors.New("skip this handler")

// Error says which handler of which point failed.
type Error struct {
	Point, Handler string
	Err            error
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("hook %s at %s: %v", e.Handler, e.Point, e.Err) }

// Unwrap returns the handler's error.
func (e *Error) Unwrap() error { return e.Err }

// panicked is the error of a handler that panicked, with its stack for the log.
func panicked(r any) error { return fmt.Errorf("panic: %v\n%s", r, debug.Stack()) }

// Option changes how a handler is bound.
type Option func(*options)

type options struct {
	order  int
	inline bool
	wide   func() bool // nil: the handler is trusted
}

// Inline has an action's handler run before [Action.Tell] returns: for Go functions
// that only count, and wait for nothing. Filters ignore it.
func Inline() Option { return func(o *options) { o.inline = true } }

// Order sets a handler's place: lower runs first, 0 is the default, ties run
// in the order of their ids.
func Order(n int) Option { return func(o *options) { o.order = n } }

// Narrow holds a handler of a keyed view to its point's [Guard], as long as wide
// returns false: a change that widens what the guard holds narrow, such as a user's
// roles, is an error then. Runtimes of code that is not trusted bind with it; wide
// must be safe for concurrent use.
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

// Point is a hook point seen without its type, for runtimes that bind by name.
type Point interface {
	// Name returns the kebab-case name, which never changes once published.
	Name() string
	// IsFilter tells a filter from an action.
	IsFilter() bool
	// BindView binds fn to the keyed view of the point's value. At a filter,
	// what fn sets is applied when it returns nil and dropped otherwise; at an
	// action nothing that it sets is kept.
	BindView(id string, fn func(context.Context, View) error, opts ...Option) error
	// Unbind removes a handler and reports whether it was bound.
	Unbind(id string) bool
	// Bindings lists the handlers in the order in which they run.
	Bindings() []Binding
	// Declare adds to the names that handlers may set in a family whose members
	// must be known beforehand, such as the headers at identity-headers. They are
	// declared before a handler sets them, and stay.
	Declare(names ...string)
	// Fields lists the keys of the keyed view; none if the point has no view.
	Fields() []Field
}

// Field describes one key of a point's keyed view. A key that ends with "."
// stands for all keys with that prefix.
type Field struct {
	Key      string
	Writable bool
	Type     FieldType `json:",omitzero"`
	// Wants is the right without which a guest can only lower the number, only turn true
	// into false, or only take members out of the list; "" is none.
	Wants string `json:",omitzero"`
	// Named tells a family of which a guest may write only members that it is granted by
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

// Viewer makes the keyed view of a T; a point gets one with WithView.
type Viewer[T any] interface {
	View(*T) View
	Fields() []Field
}

// Guard is a [Viewer] that knows which changes of a T widen what somebody may do.
// Check returns an error for a handler bound with [Narrow] that has made after of
// before; it is asked wherever [Check] is.
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

// Bindings lists the handlers in the order in which they run.
func (h *handlers[F]) Bindings() []Binding {
	var out []Binding
	for _, x := range h.load() {
		out = append(out, x.Binding)
	}
	return out
}

// Declare implements [Point]. Safe for concurrent use.
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

// CheckNames sets what is asked before a plugin that is bound already declares more
// names; an error keeps it from doing so. Nil asks nobody.
func (h *handlers[F]) CheckNames(check func(names []string) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checkNames = check
}

// MayDeclare returns the error for which the names cannot be declared now.
func (h *handlers[F]) MayDeclare(names ...string) error {
	h.mu.Lock()
	check := h.checkNames
	h.mu.Unlock()
	if check == nil || len(names) == 0 {
		return nil
	}
	return check(names)
}

// Declared returns the names that Declare was given; nil before it was. The list
// never changes: another pointer is another list.
func (h *handlers[F]) Declared() *[]string { return h.declared.Load() }

// Len returns the number of bound handlers.
func (h *handlers[F]) Len() int { return len(h.load()) }
