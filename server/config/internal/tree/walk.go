package tree

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-auth/cardea/core/api"
)

// Place is a position in a file; line and column start at 1.
type Place struct{ Line, Column int }

// Report receives what a [Reader] finds.
type Report interface {
	// Found reports the position of a setting's value.
	Found(key string, at Place)
	// Wrong reports a mistake. The key is "" for the whole file.
	Wrong(key string, at Place, text string)
}

// Reader reads YAML into structs. Invalid settings are reported and keep the value that
// they have.
type Reader struct {
	Lists  Lists
	Report Report
	Root   reflect.Type // of the whole tree, to find the right place of a misplaced setting

	wrong int // number of mistakes
}

// refuseAliases reports anchors, aliases and explicit tags. Configuration needs none of
// them, and aliases can make a small file expand exponentially.
func (r *Reader) refuseAliases(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.add(n, "", "anchors and aliases are not supported: write the value out")
	case n.Style&yaml.TaggedStyle != 0:
		r.add(n, "", "YAML tags are not supported: remove %.40q", n.Tag)
	}
	for _, child := range n.Content {
		r.refuseAliases(child)
	}
}

func (r *Reader) add(n *yaml.Node, key, format string, args ...any) {
	r.report(key, Place{n.Line, n.Column}, format, args...)
}

func (r *Reader) report(key string, at Place, format string, args ...any) {
	r.wrong++
	r.Report.Wrong(key, at, fmt.Sprintf(format, args...))
}

// value reads a node into v, which holds the default. It reports whether v is set.
func (r *Reader) value(n *yaml.Node, v reflect.Value, key string) bool {
	if !IsScalar(v.Type()) && n.ShortTag() == "!!null" {
		return false // a key with everything below it commented out
	}
	r.Report.Found(key, Place{n.Line, n.Column})
	if IsScalar(v.Type()) {
		return r.scalar(n, v, key)
	}
	switch v.Kind() {
	case reflect.Struct:
		r.section(n, v, key)
		return true
	case reflect.Map:
		r.named(n, v, key)
		return true
	}
	return r.list(n, v, key)
}

// section reads the settings of a struct and those of its type, if it has one.
func (r *Reader) section(n *yaml.Node, v reflect.Value, key string) {
	structs := []reflect.Value{v}
	variant, varies := VariantOf(v.Type())
	if varies {
		if own := r.variant(n, variant); own.IsValid() {
			structs = append(structs, own)
			defer func() { v.FieldByIndex(variant.Index).Set(own) }()
		}
	}
	for k, below := range r.pairs(n, key) {
		i := slices.IndexFunc(structs, func(s reflect.Value) bool { return hasKey(s.Type(), k.Value) })
		if i < 0 {
			r.unknown(k, structs, key)
			continue
		}
		f, _ := FieldOf(structs[i].Type(), k.Value)
		at := f.Index
		if f.Mapping != nil && below.Kind == yaml.MappingNode {
			at = f.Mapping
		}
		r.value(below, structs[i].FieldByIndex(at), Join(key, f.Key))
	}
}

// variant returns the struct, with its defaults, for the settings of an entry's type. It
// returns the zero Value if the type is unknown, which is reported later.
func (r *Reader) variant(n *yaml.Node, f Field) (own reflect.Value) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if proto, ok := r.Lists.prototype(f.Variants, n.Content[i+1].Value); ok && n.Content[i].Value == f.By {
			own = reflect.New(proto.Type()).Elem()
			own.Set(proto)
			if err := r.Lists.setDefaults(own); err != nil {
				r.add(n, "", "%v", err) // Lists.Check reports it before
			}
			return own
		}
	}
	return own
}

// maxHints bounds the work for a file full of mistakes.
const maxHints = 20

// unknown reports a key that is not a setting, with a hint for the first maxHints mistakes.
// If the type of the entry is unknown, keys of any type are accepted.
func (r *Reader) unknown(k *yaml.Node, structs []reflect.Value, key string) {
	if len(structs) == 1 && len(r.typesWith(structs[0].Type(), k.Value)) > 0 {
		return
	}
	help := ""
	if r.wrong < maxHints {
		help = r.hint(structs, k.Value)
	}
	r.add(k, key, "unknown key %.60q; %s", k.Value, help)
}

// named reads a mapping with arbitrary keys.
func (r *Reader) named(n *yaml.Node, v reflect.Value, key string) {
	values := reflect.MakeMap(v.Type())
	for k, below := range r.pairs(n, key) {
		if k.Value == "" || len(k.Value) > 200 || strings.ContainsFunc(k.Value, unicode.IsControl) {
			r.add(k, key, "a name here must have 1 to 200 characters and no control characters")
			continue
		}
		element := r.Lists.Blank(v.Type().Elem())
		if below.ShortTag() == "!!null" && element.Kind() == reflect.Struct {
			below = &yaml.Node{Kind: yaml.MappingNode, Line: k.Line, Column: k.Column}
		}
		if r.value(below, element, Join(key, k.Value)) {
			values.SetMapIndex(reflect.ValueOf(k.Value), element)
		}
	}
	v.Set(values)
}

// pairs yields the members of a mapping and reports duplicate keys.
func (r *Reader) pairs(n *yaml.Node, key string) func(func(k, v *yaml.Node) bool) {
	return func(yield func(k, v *yaml.Node) bool) {
		if n.Kind != yaml.MappingNode {
			r.add(n, key, "must be a mapping, got %s: write keys below it", kindOf(n))
			return
		}
		seen := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if k.Kind != yaml.ScalarNode {
				r.add(k, key, "a key must be a plain word, got %s", kindOf(k))
				continue
			}
			if line, twice := seen[k.Value]; twice {
				r.add(k, key, "key %.60q is here twice, first in line %d: keep one", k.Value, line)
				continue
			}
			seen[k.Value] = k.Line
			if !yield(k, v) {
				return
			}
		}
	}
}

// maxEntries bounds a list: within the size limit of a file, a list could have so many
// entries that start-up would take seconds.
const maxEntries = 10_000

func (r *Reader) list(n *yaml.Node, v reflect.Value, key string) bool {
	if n.Kind == yaml.ScalarNode && v.Type() == textsType {
		v.Set(reflect.MakeSlice(textsType, 1, 1))
		return r.scalar(n, v.Index(0), key)
	}
	if n.Kind != yaml.SequenceNode {
		r.add(n, key, "must be a list, got %s: write each entry after '- '", kindOf(n))
		return false
	}
	if len(n.Content) > maxEntries {
		r.add(n, key, "has %d entries: at most %d are read", len(n.Content), maxEntries)
		return false
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, child := range n.Content {
		element := v.Index(i)
		if !IsScalar(element.Type()) && child.ShortTag() == "!!null" {
			r.add(child, Item(key, i), "is empty: give the entry keys or remove it")
			continue
		}
		element.Set(r.Lists.Blank(element.Type()))
		r.value(child, element, Item(key, i))
	}
	return true
}

func (r *Reader) scalar(n *yaml.Node, v reflect.Value, key string) bool {
	t, tag := v.Type(), n.ShortTag()
	switch {
	case n.Kind != yaml.ScalarNode:
		r.add(n, key, "must be %s, got %s", noun(t), kindOf(n))
		return false
	case tag == "!!null":
		r.add(n, key, "is empty: give it a value or remove the key")
		return false
	case readsText(t):
	case t.Kind() == reflect.Int && tag != "!!int", t.Kind() == reflect.Bool && tag != "!!bool":
		r.add(n, key, "%s is not %s", quote(t, n.Value), noun(t))
		return false
	}
	if complaint := setScalar(v, n.Value); complaint != "" {
		r.add(n, key, "%s", complaint)
		return false
	}
	return true
}

// setScalar parses text into v, or returns what is wrong with it.
func setScalar(v reflect.Value, text string) (complaint string) {
	t := v.Type()
	switch {
	case IsDuration(t):
		d, err := api.ParseDuration(text)
		if err != nil {
			return quote(t, text) + " " + err.Error()
		}
		v.SetInt(int64(d))
		return ""
	case readsText(t):
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
			return quote(t, text) + " " + err.Error()
		}
		return ""
	case t.Kind() == reflect.Bool:
		if text == "true" || text == "false" {
			v.SetBool(text == "true")
			return ""
		}
	case t.Kind() == reflect.Int:
		// Decimal only: 0600 and 0x10 mean different things to different readers.
		if n, err := strconv.ParseInt(text, 10, 32); err == nil && strconv.FormatInt(n, 10) == text {
			v.SetInt(n)
			return ""
		}
	default:
		v.SetString(text)
		return ""
	}
	return quote(t, text) + " is not " + noun(t)
}

// Quote quotes a string for a message, cut to 60 bytes.
func Quote(text string) string { return quote(nil, text) }

// quote quotes a value for a message; a secret is not shown.
func quote(t reflect.Type, text string) string {
	if t == SecretType {
		return "the value"
	}
	if len(text) > 60 {
		text = text[:60] + "..."
	}
	return strconv.Quote(text)
}

func noun(t reflect.Type) string {
	switch {
	case IsDuration(t):
		return "a duration"
	case readsText(t):
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	}
	return "a string"
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null":
		return "nothing"
	}
	return "a single value"
}

// maxListed bounds the known settings that are listed if the key exists elsewhere.
const maxListed = 12

// hint suggests what an unknown key may have been meant to be.
func (r *Reader) hint(structs []reflect.Value, key string) string {
	var here []string
	for _, s := range structs {
		here = append(here, keysIn(s.Type())...)
	}
	if near := Nearest(key, here); near != "" {
		return "did you mean " + near + "?"
	}
	if of := r.typesWith(structs[0].Type(), key); len(of) > 0 {
		f, _ := VariantOf(structs[0].Type())
		return "it is a setting of the " + f.By + " " + strings.Join(of, " and of ")
	}
	elsewhere := r.placeOf(r.Root, "", key)
	switch {
	case elsewhere == "":
		return "known here: " + strings.Join(here, ", ")
	case !strings.Contains(elsewhere, "."):
		return elsewhere + " is a setting at the top of the file"
	case len(here) <= maxListed:
		return "known here: " + strings.Join(here, ", ") + "; there is " + elsewhere
	}
	return "there is " + elsewhere
}

func keysIn(t reflect.Type) (keys []string) {
	for _, f := range FieldsOf(t) {
		if f.Variants == "" {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

// typesWith returns the types whose entries have a setting with this key.
func (r *Reader) typesWith(entry reflect.Type, key string) (of []string) {
	f, ok := VariantOf(entry)
	if !ok {
		return nil
	}
	for _, name := range r.Lists.Names(f.Variants) {
		if config, ok := r.Lists.prototype(f.Variants, name); ok && hasKey(config.Type(), key) {
			of = append(of, name)
		}
	}
	return of
}

// placeOf returns the full name of a setting with this key anywhere in the tree, including
// those of types; "" if there is none.
func (r *Reader) placeOf(t reflect.Type, at, key string) string {
	for _, f := range FieldsOf(t) {
		if f.Key == key && f.Variants == "" {
			return Join(at, key)
		}
	}
	if len(r.typesWith(t, key)) > 0 {
		return Join(at, key)
	}
	for _, f := range FieldsOf(t) {
		below := f.Type
		suffix := ""
		if below.Kind() == reflect.Slice {
			below, suffix = below.Elem(), "[]"
		}
		if below.Kind() != reflect.Struct {
			continue
		}
		if place := r.placeOf(below, Join(at, f.Key)+suffix, key); place != "" {
			return place
		}
	}
	return ""
}
