package view

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
)

// Table is a keyed view of a hook value: plain fields, and families of keys below a prefix
// such as "claim.". It is built once per point and never changes, so looking up a key does
// not allocate.
type Table[T any] struct {
	index    map[string]int
	plain    []Field[T]
	families []Family[T]
	limited  []int                                             // of plain: fields that want the right to widen
	narrow   func(ctx context.Context, before, after *T) error // nil: each field in limited may be narrowed
}

var (
	_ hooks.Viewer[int] = (*Table[int])(nil)
	_ hooks.Guard[int]  = (*Table[int])(nil)
	_ hooks.Widener     = applied[int]{}
)

// Field describes one key. It is read-only if Set is nil.
type Field[T any] struct {
	Key   string
	Type  hooks.FieldType
	Wants string // as in [hooks.Field]
	Get   func(*T) (hooks.Value, bool)
	Set   func(*T, hooks.Value) error
}

// Family describes all keys below a prefix. It is read-only if Set and Del are nil.
type Family[T any] struct {
	Prefix string
	Type   hooks.FieldType
	Named  bool // as in [hooks.Field]
	Get    func(v *T, name string) (hooks.Value, bool)
	Set    func(v *T, name string, value hooks.Value) error
	Del    func(v *T, name string) error
	Names  func(v *T) []string
}

// Part is an element of a table.
type Part[T any] interface{ addTo(*Table[T]) }

// Parts is a list of parts.
type Parts[T any] []Part[T]

func (f Field[T]) addTo(t *Table[T]) {
	t.index[f.Key] = len(t.plain)
	if f.Wants == widenRoles {
		t.limited = append(t.limited, len(t.plain))
	}
	t.plain = append(t.plain, f)
}

func (f Family[T]) addTo(t *Table[T]) { t.families = append(t.families, f) }

func (p Parts[T]) addTo(t *Table[T]) {
	for _, x := range p {
		x.addTo(t)
	}
}

// New returns a table of these parts.
func New[T any](p ...Part[T]) *Table[T] {
	t := &Table[T]{index: map[string]int{}}
	Parts[T](p).addTo(t)
	return t
}

// Guarded sets the check for handlers without the right to widen, and returns the table.
// Without it, each field that wants the right can only be narrowed, see [Wants].
func (t *Table[T]) Guarded(narrow func(ctx context.Context, before, after *T) error) *Table[T] {
	t.narrow = narrow
	return t
}

// Check implements hooks.Guard.
func (t *Table[T]) Check(ctx context.Context, before, after *T) error {
	if t.narrow != nil {
		return t.narrow(ctx, before, after)
	}
	for _, i := range t.limited {
		f := &t.plain[i]
		if was, _ := f.Get(before); !narrows(f, was, after) {
			return hooks.NotAcceptable(f.Key, "must not be widened without the right %s", widenRoles)
		}
	}
	return nil
}

// narrows reports whether a field is not wider than it was, as [Wants] says.
func narrows[T any](f *Field[T], was hooks.Value, after *T) bool {
	is, ok := f.Get(after)
	switch f.Type {
	case hooks.BoolField:
		before, _ := was.Bool()
		now, _ := is.Bool()
		return before || !now
	case hooks.IntField:
		before, _ := was.Int()
		now, _ := is.Int()
		return now <= before
	case hooks.JSONField:
		return !ok || isWithin(was.Text(), is.Text())
	}
	return !ok || was.Text() == is.Text()
}

// isWithin reports whether all members of a list are in another one. Both are JSON arrays
// of strings; other values are within none but their equal.
func isWithin(all, list string) bool {
	var have, want []string
	if json.Unmarshal([]byte(all), &have) != nil || json.Unmarshal([]byte(list), &want) != nil {
		return all == list
	}
	return !slices.ContainsFunc(want, func(s string) bool { return !slices.Contains(have, s) })
}

// View implements hooks.Viewer.
func (t *Table[T]) View(v *T) hooks.View { return applied[T]{t, v} }

// Fields implements hooks.Viewer.
func (t *Table[T]) Fields() []hooks.Field {
	var list []hooks.Field
	for _, f := range t.plain {
		list = append(list, hooks.Field{Key: f.Key, Writable: f.Set != nil, Type: f.Type, Wants: f.Wants})
	}
	for _, f := range t.families {
		list = append(list, hooks.Field{Key: f.Prefix, Writable: f.Set != nil, Type: f.Type, Named: f.Named})
	}
	return list
}

func (t *Table[T]) family(key string) (*Family[T], string) {
	for i := range t.families {
		if name, ok := strings.CutPrefix(key, t.families[i].Prefix); ok && name != "" {
			return &t.families[i], name
		}
	}
	return nil, ""
}

// applied is a table applied to one value.
type applied[T any] struct {
	t *Table[T]
	v *T
}

// Save implements hooks.Saver. Setters never change what a value refers to, so a shallow
// copy is enough.
func (w applied[T]) Save() func() {
	before := *w.v
	return func() { *w.v = before }
}

// Widens implements hooks.Widener. Setters never change what a value refers to, so a
// shallow copy can be tried.
func (w applied[T]) Widens(ctx context.Context, key string, value hooks.Value) bool {
	if w.t.narrow == nil && len(w.t.limited) == 0 {
		return false
	}
	tried := *w.v
	if err := (applied[T]{w.t, &tried}).Set(key, value); err != nil {
		return false // Set itself returns this error
	}
	return w.t.Check(ctx, w.v, &tried) != nil
}

// Get implements hooks.View.
func (w applied[T]) Get(key string) (hooks.Value, bool) {
	if i, ok := w.t.index[key]; ok {
		return w.t.plain[i].Get(w.v)
	}
	if f, name := w.t.family(key); f != nil {
		return f.Get(w.v, name)
	}
	return hooks.Value{}, false
}

// Set implements hooks.View.
func (w applied[T]) Set(key string, value hooks.Value) error {
	if i, ok := w.t.index[key]; ok {
		if w.t.plain[i].Set == nil {
			return hooks.ErrReadOnly
		}
		return w.t.plain[i].Set(w.v, value)
	}
	f, name := w.t.family(key)
	switch {
	case f == nil:
		return hooks.ErrUnknownField
	case f.Set == nil:
		return hooks.ErrReadOnly
	}
	return f.Set(w.v, name, value)
}

// Delete implements hooks.View.
func (w applied[T]) Delete(key string) error {
	if _, ok := w.t.index[key]; ok {
		return hooks.ErrReadOnly
	}
	f, name := w.t.family(key)
	switch {
	case f == nil:
		return hooks.ErrUnknownField
	case f.Del == nil:
		return hooks.ErrReadOnly
	}
	return f.Del(w.v, name)
}

// Keys implements hooks.View.
func (w applied[T]) Keys(prefix string) []string {
	var keys []string
	add := func(key string) {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	for _, f := range w.t.plain {
		if _, ok := f.Get(w.v); ok {
			add(f.Key)
		}
	}
	for _, f := range w.t.families {
		for _, name := range f.Names(w.v) {
			add(f.Prefix + name)
		}
	}
	return keys
}
