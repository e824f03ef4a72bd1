package config

import (
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// blank returns a value of a type as nothing in the file gives it, which can be set.
func (t Types) blank(typ reflect.Type) reflect.Value {
	v := reflect.New(typ).Elem()
	if err := t.setDefaults(v); err != nil {
		panic(fmt.Sprintf("config: a default tag of %s is wrong: %v", typ, err)) // TestDefault and Types.check cover every tag
	}
	return v
}

// defaults is a section as an empty file gives it.
func defaults[T any]() T { return Types{}.blank(reflect.TypeFor[T]()).Interface().(T) }

// setDefaults gives every setting of a struct the default that its tag names.
func (t Types) setDefaults(v reflect.Value) error {
	if v.Kind() != reflect.Struct || isScalar(v.Type()) {
		return nil
	}
	for _, f := range fieldsOf(v.Type()) {
		if err := t.setDefault(f, v.Field(f.index)); err != nil {
			return fmt.Errorf("%s: default: %w", f.key, err)
		}
	}
	return nil
}

func (t Types) setDefault(f field, v reflect.Value) error {
	switch {
	case f.typ.Kind() == reflect.Struct && !isScalar(f.typ):
		return t.setDefaults(v)
	case !f.hasDef:
		return nil
	}
	n, err := defaultNode(f)
	if err != nil {
		return err
	}
	var ps Problems
	w := &walker{types: t, prov: newProvenance(""), problems: &ps}
	w.value(n, v, f.key)
	return ps.Err()
}

// defaultNode reads the tag: a text for scalars, YAML for the rest.
func defaultNode(f field) (*yaml.Node, error) {
	var n yaml.Node
	switch {
	case f.typ.Kind() == reflect.String:
		return text(f.def), nil
	case isScalar(f.typ):
		return &yaml.Node{Kind: yaml.ScalarNode, Value: f.def}, nil
	}
	if err := yaml.Unmarshal([]byte(f.def), &n); err != nil {
		return nil, err
	}
	return n.Content[0], nil
}

// plainDefault is the default of a setting in the schema.
func plainDefault(f field) (any, error) {
	v := reflect.New(f.typ).Elem()
	if err := (Types{}).setDefault(f, v); err != nil {
		return nil, fmt.Errorf("%s: default: %w", f.key, err)
	}
	switch {
	case isDuration(f.typ):
		return Duration(v.Int()).String(), nil
	case isScalar(f.typ), isTexts(f.typ):
		return v.Interface(), nil // what reads texts writes them, too
	}
	n, err := defaultNode(f)
	if err != nil {
		return nil, err
	}
	var plain any
	return plain, n.Decode(&plain)
}
