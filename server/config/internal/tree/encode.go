package tree

import (
	"encoding"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-auth/cardea/core/api"
)

// Encoder writes structs as YAML, in the order of their fields.
type Encoder struct {
	// Keep reports whether to write a setting.
	Keep func(name string, v reflect.Value) bool
	// Note returns the comment for a setting.
	Note func(name string) string
}

// Write writes a struct. Secrets are redacted.
func (e *Encoder) Write(w io.Writer, v reflect.Value) error {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(e.section(v, "")); err != nil {
		return err
	}
	return enc.Close()
}

// section encodes a struct.
func (e *Encoder) section(v reflect.Value, name string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range FieldsOf(v.Type()) {
		key, below := Join(name, f.Key), v.FieldByIndex(f.Index)
		if f.Mapping != nil && v.FieldByIndex(f.Mapping).Len() > 0 {
			below = v.FieldByIndex(f.Mapping)
		}
		isSection := f.Type.Kind() == reflect.Struct && !IsScalar(f.Type)
		if f.Variants != "" {
			if !below.IsNil() {
				n.Content = append(n.Content, e.section(below.Elem(), name).Content...)
			}
			continue
		}
		if !isSection && !e.Keep(key, below) {
			continue
		}
		child := e.value(below, key)
		if isSection && len(child.Content) == 0 {
			continue
		}
		n.Content = append(n.Content, text(f.Key), child)
	}
	return n
}

func (e *Encoder) value(v reflect.Value, name string) *yaml.Node {
	if IsScalar(v.Type()) {
		n := leaf(v)
		n.LineComment = e.Note(name)
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

func (e *Encoder) list(v reflect.Value, name string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if IsTexts(v.Type()) || v.Len() == 0 {
		n.Style, n.LineComment = yaml.FlowStyle, e.Note(name)
	}
	for i := range v.Len() {
		child := v.Index(i)
		if IsScalar(child.Type()) {
			n.Content = append(n.Content, leaf(child))
			continue
		}
		n.Content = append(n.Content, e.value(child, Item(name, i)))
	}
	return n
}

func (e *Encoder) named(v reflect.Value, name string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	if v.Len() == 0 {
		n.Style, n.LineComment = yaml.FlowStyle, e.Note(name)
	}
	for _, key := range slices.Sorted(maps.Keys(keysOf(v))) {
		n.Content = append(n.Content, text(key), e.value(v.MapIndex(reflect.ValueOf(key)), Join(name, key)))
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

// leaf encodes a scalar. fmt.Sprint calls String, which redacts a secret. Types with
// UnmarshalText are encoded with MarshalText if they have it.
func leaf(v reflect.Value) *yaml.Node {
	switch {
	case IsDuration(v.Type()):
		return &yaml.Node{Kind: yaml.ScalarNode, Value: api.Duration(v.Int()).String()}
	case readsText(v.Type()):
		if written, ok := marshalled(v); ok {
			return text(written)
		}
	case v.Kind() == reflect.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.FormatBool(v.Bool())}
	case v.Kind() == reflect.Int:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.FormatInt(v.Int(), 10)}
	}
	return text(fmt.Sprint(v.Interface()))
}

// marshalled returns the result of MarshalText, which may have a value or pointer
// receiver. It returns false if the type has no such method or the method fails.
func marshalled(v reflect.Value) (written string, ok bool) {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	m, ok := p.Interface().(encoding.TextMarshaler)
	if !ok {
		return "", false
	}
	b, err := m.MarshalText()
	return string(b), err == nil
}

func text(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}
