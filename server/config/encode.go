package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// encoder turns a Config into YAML nodes, in the order of the struct fields.
type encoder struct {
	// keep reports whether a setting is written.
	keep func(name string, v reflect.Value) bool
	// note returns the comment that a setting gets.
	note func(name string) string
}

// section encodes a struct.
func (e *encoder) section(v reflect.Value, name string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range fieldsOf(v.Type()) {
		key, below := join(name, f.key), v.Field(f.index)
		isSection := f.typ.Kind() == reflect.Struct && !isScalar(f.typ)
		if f.variants != "" {
			if !below.IsNil() {
				n.Content = append(n.Content, e.section(below.Elem(), name).Content...)
			}
			continue
		}
		if !isSection && !e.keep(key, below) {
			continue
		}
		child := e.value(below, key)
		if isSection && len(child.Content) == 0 {
			continue
		}
		n.Content = append(n.Content, text(f.key), child)
	}
	return n
}

func (e *encoder) value(v reflect.Value, name string) *yaml.Node {
	if isScalar(v.Type()) {
		n := leaf(v)
		n.LineComment = e.note(name)
		return n
	}
	switch v.Kind() {
	case reflect.Struct:
		return e.section(v, name)
	case reflect.Slice:
		return e.list(v, name)
	}
	return e.named(v, name)
}

func (e *encoder) list(v reflect.Value, name string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if isTexts(v.Type()) || v.Len() == 0 {
		n.Style, n.LineComment = yaml.FlowStyle, e.note(name)
	}
	for i := range v.Len() {
		child := v.Index(i)
		if child.Kind() == reflect.Struct && !isScalar(child.Type()) {
			n.Content = append(n.Content, e.section(child, item(name, i)))
			continue
		}
		n.Content = append(n.Content, leaf(child))
	}
	return n
}

func (e *encoder) named(v reflect.Value, name string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	if v.Len() == 0 {
		n.Style, n.LineComment = yaml.FlowStyle, e.note(name)
	}
	for _, key := range slices.Sorted(maps.Keys(keysOf(v))) {
		n.Content = append(n.Content, text(key), e.value(v.MapIndex(reflect.ValueOf(key)), join(name, key)))
	}
	return n
}

func keysOf(v reflect.Value) map[string]bool {
	keys := map[string]bool{}
	for _, k := range v.MapKeys() {
		keys[k.String()] = true
	}
	return keys
}

// leaf encodes a scalar. The verb goes through String, which hides a secret.
func leaf(v reflect.Value) *yaml.Node {
	switch {
	case isDuration(v.Type()):
		return &yaml.Node{Kind: yaml.ScalarNode, Value: Duration(v.Int()).String()}
	case readsText(v.Type()):
	case v.Kind() == reflect.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.FormatBool(v.Bool())}
	case v.Kind() == reflect.Int:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.FormatInt(v.Int(), 10)}
	}
	return text(fmt.Sprint(v.Interface()))
}

func text(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}
