package tree

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Lists holds the types that entries can have, by the list's name in the variants tag and
// by the type's name. The value is the struct with the settings of the type.
type Lists map[string]map[string]any

// Prototypes converts a map of configurations by type name to a list for [Lists].
func Prototypes[T any](types map[string]T) map[string]any {
	list := map[string]any{}
	for name, config := range types {
		list[name] = config
	}
	return list
}

// Names returns the types of one list, sorted.
func (l Lists) Names(list string) []string { return slices.Sorted(maps.Keys(l[list])) }

func (l Lists) prototype(list, name string) (config reflect.Value, ok bool) {
	config = reflect.ValueOf(l[list][name])
	return config, config.Kind() == reflect.Struct
}

// Check returns an error for every type in the list of a struct type's entries that has
// invalid settings, such as a field without tags. These are programming errors.
func (l Lists) Check(entry reflect.Type) error {
	var errs []error
	f, _ := VariantOf(entry)
	for _, name := range l.Names(f.Variants) {
		config, ok := l.prototype(f.Variants, name)
		if name == "" || !ok {
			errs = append(errs, fmt.Errorf("type %q of %s: must have a name, and its configuration must be a struct", name, f.Variants))
		} else if err := l.checkStruct(config.Type(), entry, nil); err != nil {
			errs = append(errs, fmt.Errorf("type %q of %s: %w", name, f.Variants, err))
		}
	}
	return errors.Join(errs...)
}

// checkStruct checks the fields of a struct, whose keys must differ from those of beside.
// within are the types that contain it.
func (l Lists) checkStruct(s, beside reflect.Type, within []reflect.Type) error {
	within = append(slices.Clip(within), s)
	seen := map[string]bool{}
	var errs []error
	for _, f := range FieldsOf(s) {
		name := s.FieldByIndex(f.Index).Name
		twice := seen[f.Key]
		seen[f.Key] = true
		switch {
		case f.Key == inline:
			errs = append(errs, fmt.Errorf("field %s is inline and not a struct", name))
		case f.Key == "":
			errs = append(errs, fmt.Errorf("field %s has no yaml tag: name its setting, or write yaml:\"-\"", name))
		case f.Doc == "":
			errs = append(errs, fmt.Errorf("field %s has no doc tag: describe the setting", name))
		case twice:
			errs = append(errs, fmt.Errorf("field %s: setting %s is already another field's: choose another key", name, f.Key))
		case beside != nil && hasKey(beside, f.Key):
			errs = append(errs, fmt.Errorf("field %s: %s is a setting of every entry: choose another key", name, f.Key))
		case s.FieldByIndex(f.Index).Tag.Get("mapping") != "" && !isMapping(s, f):
			errs = append(errs, fmt.Errorf("field %s: its mapping tag must name a field that is a map with string keys", name))
		default:
			errs = append(errs, l.checkType(name, f.Type, within))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return l.setDefaults(reflect.New(s).Elem())
}

// isMapping reports whether the other form of a setting is a field that can hold it.
func isMapping(s reflect.Type, f Field) bool {
	if f.Mapping == nil {
		return false
	}
	t := s.FieldByIndex(f.Mapping).Type
	return t.Kind() == reflect.Map && t.Key().Kind() == reflect.String
}

func (l Lists) checkType(name string, t reflect.Type, within []reflect.Type) error {
	switch {
	case IsScalar(t):
		return nil
	case slices.Contains(within, t):
		return fmt.Errorf("field %s is of type %s, which holds itself: no description of its settings would end", name, t)
	case t.Kind() == reflect.Struct:
		return l.checkStruct(t, nil, within)
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		return l.checkType(name, t.Elem(), append(slices.Clip(within), t))
	}
	return fmt.Errorf("field %s is of type %s, which no setting can be", name, t)
}

func hasKey(t reflect.Type, key string) bool {
	_, ok := FieldOf(t, key)
	return ok
}
