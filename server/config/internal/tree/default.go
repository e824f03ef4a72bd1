package tree

import (
	"errors"
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-auth/cardea/core/api"
)

// Blank returns a settable value of the type with its defaults. It panics if a default tag
// is invalid.
func (l Lists) Blank(typ reflect.Type) reflect.Value {
	v := reflect.New(typ).Elem()
	if err := l.setDefaults(v); err != nil {
		panic(fmt.Sprintf("configuration: a default tag of %s is wrong: %v", typ, err)) // its test and Lists.Check cover every tag
	}
	return v
}

// Defaults returns a section with its defaults, as for an empty file.
func Defaults[T any]() T { return Lists{}.Blank(reflect.TypeFor[T]()).Interface().(T) }

// setDefaults sets every setting of a struct to the default in its tag.
func (l Lists) setDefaults(v reflect.Value) error {
	if v.Kind() != reflect.Struct || IsScalar(v.Type()) {
		return nil
	}
	for _, f := range FieldsOf(v.Type()) {
		if err := l.setDefault(f, v.FieldByIndex(f.Index)); err != nil {
			return fmt.Errorf("%s: default: %w", f.Key, err)
		}
	}
	return nil
}

func (l Lists) setDefault(f Field, v reflect.Value) error {
	switch {
	case f.Type.Kind() == reflect.Struct && !IsScalar(f.Type):
		return l.setDefaults(v)
	case !f.HasDefault:
		return nil
	}
	n, err := defaultNode(f)
	if err != nil {
		return err
	}
	var found complaints
	r := &Reader{Lists: l, Report: &found}
	r.value(n, v, f.Key)
	return errors.Join(found...)
}

// defaultNode parses the default tag: a plain string for scalars, YAML for the rest.
func defaultNode(f Field) (*yaml.Node, error) {
	var n yaml.Node
	switch {
	case f.Type.Kind() == reflect.String:
		return text(f.Default), nil
	case IsScalar(f.Type):
		return &yaml.Node{Kind: yaml.ScalarNode, Value: f.Default}, nil
	}
	if err := yaml.Unmarshal([]byte(f.Default), &n); err != nil {
		return nil, err
	}
	if len(n.Content) == 0 {
		return nil, errors.New("is empty")
	}
	return n.Content[0], nil
}

// complaints collects the errors in a default.
type complaints []error

// Found implements [Report].
func (*complaints) Found(string, Place) {}

// Wrong implements [Report].
func (c *complaints) Wrong(_ string, _ Place, text string) { *c = append(*c, errors.New(text)) }

// PlainDefault returns the default of a setting for the schema.
func PlainDefault(f Field) (any, error) {
	v := reflect.New(f.Type).Elem()
	if err := (Lists{}).setDefault(f, v); err != nil {
		return nil, fmt.Errorf("%s: default: %w", f.Key, err)
	}
	switch {
	case IsDuration(f.Type):
		return api.Duration(v.Int()).String(), nil
	case IsScalar(f.Type), IsTexts(f.Type):
		return v.Interface(), nil // types that are parsed from text are encoded with MarshalText
	}
	n, err := defaultNode(f)
	if err != nil {
		return nil, err
	}
	var plain any
	return plain, n.Decode(&plain)
}
