package tree

import "reflect"

// Setting is one scalar setting of a tree at hand.
type Setting struct {
	Field
	Name  string        // full name, such as "rules[0].path"
	Value reflect.Value // settable if the tree is
	Owner reflect.Value // the struct that it is a field of
}

// Visit calls fn for every scalar setting, those in lists and mappings included.
func Visit(v reflect.Value, name string, fn func(Setting)) {
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range FieldsOf(v.Type()) {
			below := v.Field(f.Index)
			if f.Variants != "" {
				visitVariant(below, name, fn)
				continue
			}
			if IsScalar(f.Type) {
				fn(Setting{Field: f, Name: Join(name, f.Key), Value: below, Owner: v})
				continue
			}
			Visit(below, Join(name, f.Key), fn)
		}
	case reflect.Slice:
		for i := range v.Len() {
			Visit(v.Index(i), Item(name, i), fn)
		}
	case reflect.Map:
		visitMap(v, name, fn)
	}
}

// visitVariant visits a copy, since what an interface holds cannot be set in place.
func visitVariant(v reflect.Value, name string, fn func(Setting)) {
	if v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return
	}
	own := reflect.New(v.Elem().Type()).Elem()
	own.Set(v.Elem())
	Visit(own, name, fn)
	if !reflect.DeepEqual(own.Interface(), v.Interface()) {
		v.Set(own)
	}
}

// visitMap visits copies, since the values of a map cannot be set in place, and
// puts those back that fn has changed.
func visitMap(v reflect.Value, name string, fn func(Setting)) {
	for _, k := range v.MapKeys() {
		element := reflect.New(v.Type().Elem()).Elem()
		element.Set(v.MapIndex(k))
		Visit(element, Join(name, k.String()), fn)
		if !reflect.DeepEqual(element.Interface(), v.MapIndex(k).Interface()) {
			v.SetMapIndex(k, element) // only then, since others may be reading
		}
	}
}
