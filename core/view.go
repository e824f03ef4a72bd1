package core

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
)

// table is the keyed face of a hook value: plain fields, and families of keys
// under a prefix such as "claim.". One is built per point when the catalogue
// is made and never changes, so that looking a key up allocates nothing.
type table[T any] struct {
	index    map[string]int
	plain    []field[T]
	families []family[T]
	narrow   func(ctx context.Context, before, after *T) error // nil: nothing is held narrow
}

var (
	_ hooks.Viewer[int] = (*table[int])(nil)
	_ hooks.Guard[int]  = (*table[int])(nil)
	_ hooks.Widener     = view[int]{}
)

// field is one key. A nil set makes it read-only.
type field[T any] struct {
	key string
	get func(*T) (hooks.Value, bool)
	set func(*T, hooks.Value) error
}

// family is all keys under a prefix. Nil set and del make it read-only.
type family[T any] struct {
	prefix string
	get    func(v *T, name string) (hooks.Value, bool)
	set    func(v *T, name string, value hooks.Value) error
	del    func(v *T, name string) error
	names  func(v *T) []string
}

// part is what adds to a table.
type part[T any] interface{ addTo(*table[T]) }

// parts is several of them.
type parts[T any] []part[T]

func (f field[T]) addTo(t *table[T]) {
	t.index[f.key] = len(t.plain)
	t.plain = append(t.plain, f)
}

func (f family[T]) addTo(t *table[T]) { t.families = append(t.families, f) }

func (p parts[T]) addTo(t *table[T]) {
	for _, x := range p {
		x.addTo(t)
	}
}

func newTable[T any](p ...part[T]) *table[T] {
	t := &table[T]{index: map[string]int{}}
	parts[T](p).addTo(t)
	return t
}

// guarded sets what handlers without the right to widen are held to.
func (t *table[T]) guarded(narrow func(ctx context.Context, before, after *T) error) *table[T] {
	t.narrow = narrow
	return t
}

// Check implements hooks.Guard.
func (t *table[T]) Check(ctx context.Context, before, after *T) error {
	if t.narrow == nil {
		return nil
	}
	return t.narrow(ctx, before, after)
}

// View implements hooks.Viewer.
func (t *table[T]) View(v *T) hooks.View { return view[T]{t, v} }

// Fields implements hooks.Viewer.
func (t *table[T]) Fields() []hooks.Field {
	var list []hooks.Field
	for _, f := range t.plain {
		list = append(list, hooks.Field{Key: f.key, Writable: f.set != nil})
	}
	for _, f := range t.families {
		list = append(list, hooks.Field{Key: f.prefix, Writable: f.set != nil})
	}
	return list
}

func (t *table[T]) family(key string) (*family[T], string) {
	for i := range t.families {
		if name, ok := strings.CutPrefix(key, t.families[i].prefix); ok && name != "" {
			return &t.families[i], name
		}
	}
	return nil, ""
}

// view is a table applied to one value.
type view[T any] struct {
	t *table[T]
	v *T
}

// Save implements hooks.Saver. Setters never change what a value refers to in its
// place, so that a copy of the value is all of it.
func (w view[T]) Save() func() {
	before := *w.v
	return func() { *w.v = before }
}

// Widens implements hooks.Widener. Setters never change what a value refers to, so
// a copy can be tried.
func (w view[T]) Widens(ctx context.Context, key string, value hooks.Value) bool {
	if w.t.narrow == nil {
		return false
	}
	tried := *w.v
	if err := (view[T]{w.t, &tried}).Set(key, value); err != nil {
		return false // the error is told where it is set
	}
	return w.t.narrow(ctx, w.v, &tried) != nil
}

// Get implements hooks.View.
func (w view[T]) Get(key string) (hooks.Value, bool) {
	if i, ok := w.t.index[key]; ok {
		return w.t.plain[i].get(w.v)
	}
	if f, name := w.t.family(key); f != nil {
		return f.get(w.v, name)
	}
	return hooks.Value{}, false
}

// Set implements hooks.View.
func (w view[T]) Set(key string, value hooks.Value) error {
	if i, ok := w.t.index[key]; ok {
		if w.t.plain[i].set == nil {
			return hooks.ErrReadOnly
		}
		return w.t.plain[i].set(w.v, value)
	}
	f, name := w.t.family(key)
	switch {
	case f == nil:
		return hooks.ErrUnknownField
	case f.set == nil:
		return hooks.ErrReadOnly
	}
	return f.set(w.v, name, value)
}

// Delete implements hooks.View.
func (w view[T]) Delete(key string) error {
	if _, ok := w.t.index[key]; ok {
		return hooks.ErrReadOnly
	}
	f, name := w.t.family(key)
	switch {
	case f == nil:
		return hooks.ErrUnknownField
	case f.del == nil:
		return hooks.ErrReadOnly
	}
	return f.del(w.v, name)
}

// Keys implements hooks.View.
func (w view[T]) Keys(prefix string) []string {
	var keys []string
	add := func(key string) {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	for _, f := range w.t.plain {
		if _, ok := f.get(w.v); ok {
			add(f.key)
		}
	}
	for _, f := range w.t.families {
		for _, name := range f.names(w.v) {
			add(f.prefix + name)
		}
	}
	return keys
}
