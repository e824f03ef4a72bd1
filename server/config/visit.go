package config

import "reflect"

// setting is one scalar setting of a Config at hand.
type setting struct {
	field
	name  string        // full name, such as "rules[0].path"
	value reflect.Value // settable if the Config is
	owner reflect.Value // the struct that it is a field of
}

// visit calls fn for every scalar setting, those in lists and mappings included.
func visit(v reflect.Value, name string, fn func(setting)) {
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range fieldsOf(v.Type()) {
			below := v.Field(f.index)
			if f.variants != "" {
				visitVariant(below, name, fn)
				continue
			}
			if isScalar(f.typ) {
				fn(setting{field: f, name: join(name, f.key), value: below, owner: v})
				continue
			}
			visit(below, join(name, f.key), fn)
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), item(name, i), fn)
		}
	case reflect.Map:
		visitMap(v, name, fn)
	}
}

// visitVariant visits a copy, since what an interface holds cannot be set in place.
func visitVariant(v reflect.Value, name string, fn func(setting)) {
	if v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return
	}
	own := reflect.New(v.Elem().Type()).Elem()
	own.Set(v.Elem())
	visit(own, name, fn)
	if !reflect.DeepEqual(own.Interface(), v.Interface()) {
		v.Set(own)
	}
}

// visitMap visits copies, since the values of a map cannot be set in place, and
// puts those back that fn has changed.
func visitMap(v reflect.Value, name string, fn func(setting)) {
	for _, k := range v.MapKeys() {
		element := reflect.New(v.Type().Elem()).Elem()
		element.Set(v.MapIndex(k))
		visit(element, join(name, k.String()), fn)
		if !reflect.DeepEqual(element.Interface(), v.MapIndex(k).Interface()) {
			v.SetMapIndex(k, element) // only then, since others may be reading
		}
	}
}
