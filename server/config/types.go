package config

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/cardea-auth/cardea/core"
)

// Types are the lists of what a configuration names by a type. The settings of an entry
// are those of the struct that the list has for its type: fields with tags, as
// [core.Opener] describes them. What the struct of the list holds already stays, where
// neither a default nor a setting replaces it.
type Types struct {
	Methods map[string]core.Opener // what methods[].type can be; methods/all has Cardea's own
}

// variants are the types of one list, by name.
type variants map[string]reflect.Value

// of returns the types of the list that a field's tag names.
func (t Types) of(f field) variants {
	list := variants{}
	if f.variants == "methods" {
		for name, c := range t.Methods {
			list[name] = reflect.ValueOf(c)
		}
	}
	return list
}

func (l variants) names() []string { return slices.Sorted(maps.Keys(l)) }

// check finds types whose settings no file could hold: mistakes of whoever made the
// list.
func (t Types) check() error {
	var errs []error
	for _, f := range fieldsOf(reflect.TypeFor[Method]()) {
		for name, proto := range t.of(f) {
			if badName(name) != "" || !proto.IsValid() || proto.Kind() != reflect.Struct {
				errs = append(errs, fmt.Errorf("type %q of %s: its name must be lower-case words with hyphens, and its configuration a struct", name, f.variants))
				continue
			}
			if err := t.checkStruct(proto.Type(), reflect.TypeFor[Method]()); err != nil {
				errs = append(errs, fmt.Errorf("type %q of %s: %w", name, f.variants, err))
			}
		}
	}
	return errors.Join(errs...)
}

// checkStruct checks the fields of a struct, whose settings must not be those of beside.
func (t Types) checkStruct(s, beside reflect.Type) error {
	var errs []error
	for _, f := range fieldsOf(s) {
		name := s.Field(f.index).Name
		switch {
		case f.key == "":
			errs = append(errs, fmt.Errorf("field %s has no yaml tag: name its setting, or write yaml:\"-\"", name))
		case f.doc == "":
			errs = append(errs, fmt.Errorf("field %s has no doc tag: describe the setting", name))
		case beside != nil && hasKey(beside, f.key):
			errs = append(errs, fmt.Errorf("field %s: %s is a setting of every entry: choose another key", name, f.key))
		default:
			errs = append(errs, t.checkType(name, f.typ))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return t.setDefaults(reflect.New(s).Elem())
}

func (t Types) checkType(name string, typ reflect.Type) error {
	switch {
	case isScalar(typ):
		return nil
	case typ.Kind() == reflect.Struct:
		return t.checkStruct(typ, nil)
	case typ.Kind() == reflect.Slice, typ.Kind() == reflect.Map && typ.Key().Kind() == reflect.String:
		return t.checkType(name, typ.Elem())
	}
	return fmt.Errorf("field %s is of type %s, which no setting can be", name, typ)
}

func hasKey(t reflect.Type, key string) bool {
	_, ok := fieldOf(t, key)
	return ok
}

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// readsText reports whether the type reads a text itself.
func readsText(t reflect.Type) bool { return reflect.PointerTo(t).Implements(textType) }
