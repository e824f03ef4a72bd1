package tree

import "reflect"

// Setting is one scalar setting of a visited tree.
type Setting struct {
	Field
	Name  string        // full name, such as "rules[0].path"
	Value reflect.Value // read-only; use Set to change it
	Owner reflect.Value // the struct that has the field

	changed *bool // whether a setting was set in the current variant or map entry
}

// Set changes the value of the setting. The visited tree must be addressable.
func (s Setting) Set(v reflect.Value) {
	s.Value.Set(v)
	*s.changed = true
}

// Visit calls fn for every scalar setting, including those in lists and mappings. It
// writes to the tree only if fn calls [Setting.Set], so concurrent read-only visits are
// safe.
func Visit(v reflect.Value, name string, fn func(Setting)) {
	visit(v, name, fn, new(bool))
}

func visit(v reflect.Value, name string, fn func(Setting), changed *bool) {
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range FieldsOf(v.Type()) {
			below := v.FieldByIndex(f.Index)
			switch {
			case f.Variants != "":
				visitVariant(below, name, fn, changed)
			case IsScalar(f.Type):
				fn(Setting{Field: f, Name: Join(name, f.Key), Value: below, Owner: v, changed: changed})
			default:
				visit(below, Join(name, f.Key), fn, changed)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), Item(name, i), fn, changed)
		}
	case reflect.Map:
		visitMap(v, name, fn, changed)
	}
}

// visitVariant visits a copy, since the value in an interface cannot be set in place.
func visitVariant(v reflect.Value, name string, fn func(Setting), changed *bool) {
	if v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return
	}
	if own, set := visitCopy(v.Elem(), name, fn); set {
		v.Set(own)
		*changed = true
	}
}

// visitMap visits copies, since the values of a map cannot be set in place.
func visitMap(v reflect.Value, name string, fn func(Setting), changed *bool) {
	for _, k := range v.MapKeys() {
		if element, set := visitCopy(v.MapIndex(k), Join(name, k.String()), fn); set {
			v.SetMapIndex(k, element)
			*changed = true
		}
	}
}

// visitCopy visits a copy of a value, and reports whether fn has set something in it.
func visitCopy(v reflect.Value, name string, fn func(Setting)) (visited reflect.Value, set bool) {
	visited = reflect.New(v.Type()).Elem()
	visited.Set(v)
	visit(visited, name, fn, &set)
	return visited, set
}
