package config

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-auth/cardea/core/api"
)

// walker reads YAML nodes into structs. What is mistaken is reported and keeps the
// value that it has.
type walker struct {
	types    Types
	file     string
	prov     *Provenance
	problems *Problems
}

// refuseAliases reports anchors, aliases and explicit tags. Configuration needs
// none of them, and anchors can make a small file expand without end.
func (w *walker) refuseAliases(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		w.problems.add("", w.at(n), "anchors and aliases are not supported: write the value out")
	case n.Style&yaml.TaggedStyle != 0:
		w.problems.add("", w.at(n), "YAML tags are not supported: remove %.40q", n.Tag)
	}
	for _, child := range n.Content {
		w.refuseAliases(child)
	}
}

func (w *walker) at(n *yaml.Node) Origin {
	return Origin{File: w.file, Line: n.Line, Column: n.Column}
}

func (w *walker) add(n *yaml.Node, key, format string, args ...any) {
	w.problems.add(key, w.at(n), format, args...)
}

// value reads a node into v, which holds the default. It reports whether the node
// has a value for it.
func (w *walker) value(n *yaml.Node, v reflect.Value, key string) bool {
	if !isScalar(v.Type()) && n.ShortTag() == "!!null" {
		return false // a heading with everything below commented out
	}
	w.prov.set(key, w.at(n))
	if isScalar(v.Type()) {
		return w.scalar(n, v, key)
	}
	switch v.Kind() {
	case reflect.Struct:
		w.section(n, v, key)
		return true
	case reflect.Map:
		w.named(n, v, key)
		return true
	}
	return w.list(n, v, key)
}

// section reads the settings of a struct, and those of the type that it names.
func (w *walker) section(n *yaml.Node, v reflect.Value, key string) {
	structs := []reflect.Value{v}
	variant, varies := variantOf(v.Type())
	if varies {
		if own := w.variant(n, variant); own.IsValid() {
			structs = append(structs, own)
			defer func() { v.Field(variant.index).Set(own) }()
		}
	}
	for k, below := range w.pairs(n, key) {
		i := slices.IndexFunc(structs, func(s reflect.Value) bool { return hasKey(s.Type(), k.Value) })
		if i < 0 {
			w.unknown(k, structs, key)
			continue
		}
		f, _ := fieldOf(structs[i].Type(), k.Value)
		w.value(below, structs[i].Field(f.index), join(key, f.key))
	}
}

// variant returns the struct, with its defaults, for the settings of the type that an
// entry names; none if it names no type that is known, which is found later.
func (w *walker) variant(n *yaml.Node, f field) (own reflect.Value) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if proto, ok := w.types.of(f)[n.Content[i+1].Value]; ok && n.Content[i].Value == f.by {
			own = reflect.New(proto.Type()).Elem()
			own.Set(proto)
			if err := w.types.setDefaults(own); err != nil {
				w.add(n, "", "%v", err) // Types.check has found it already
			}
			return own
		}
	}
	return own
}

// unknown reports a key that is no setting. Past what is shown it spares itself the
// search for a better one. Where the type of an entry is not known, a setting of some
// type may be one of it.
func (w *walker) unknown(k *yaml.Node, structs []reflect.Value, key string) {
	if len(structs) == 1 && len(w.typesWith(structs[0].Type(), k.Value)) > 0 {
		return
	}
	help := ""
	if len(*w.problems) < shown {
		help = w.hint(structs, k.Value)
	}
	w.add(k, key, "unknown key %.60q; %s", k.Value, help)
}

// named reads a mapping whose keys the operator chooses.
func (w *walker) named(n *yaml.Node, v reflect.Value, key string) {
	values := reflect.MakeMap(v.Type())
	for k, below := range w.pairs(n, key) {
		if k.Value == "" || len(k.Value) > 200 || strings.ContainsFunc(k.Value, unicode.IsControl) {
			w.add(k, key, "a name here must have 1 to 200 characters and no control characters")
			continue
		}
		element := w.types.blank(v.Type().Elem())
		if below.ShortTag() == "!!null" && element.Kind() == reflect.Struct {
			below = &yaml.Node{Kind: yaml.MappingNode, Line: k.Line, Column: k.Column}
		}
		if w.value(below, element, join(key, k.Value)) {
			values.SetMapIndex(reflect.ValueOf(k.Value), element)
		}
	}
	v.Set(values)
}

// pairs yields the members of a mapping; a key that comes twice is a mistake.
func (w *walker) pairs(n *yaml.Node, key string) func(func(k, v *yaml.Node) bool) {
	return func(yield func(k, v *yaml.Node) bool) {
		if n.Kind != yaml.MappingNode {
			w.add(n, key, "must be a mapping, got %s: write keys below it", kindOf(n))
			return
		}
		seen := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if k.Kind != yaml.ScalarNode {
				w.add(k, key, "a key must be a plain word, got %s", kindOf(k))
				continue
			}
			if line, twice := seen[k.Value]; twice {
				w.add(k, key, "key %.60q is here twice, first in line %d: keep one", k.Value, line)
				continue
			}
			seen[k.Value] = k.Line
			if !yield(k, v) {
				return
			}
		}
	}
}

// maxEntries bounds a list: a file that fits into maxFile could hold so many entries
// that starting took seconds.
const maxEntries = 10_000

func (w *walker) list(n *yaml.Node, v reflect.Value, key string) bool {
	if n.Kind == yaml.ScalarNode && v.Type() == textsType {
		v.Set(reflect.MakeSlice(textsType, 1, 1))
		return w.scalar(n, v.Index(0), key)
	}
	if n.Kind != yaml.SequenceNode {
		w.add(n, key, "must be a list, got %s: write each entry after '- '", kindOf(n))
		return false
	}
	if len(n.Content) > maxEntries {
		w.add(n, key, "has %d entries: at most %d are read", len(n.Content), maxEntries)
		return false
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, child := range n.Content {
		element := v.Index(i)
		if !isScalar(element.Type()) && child.ShortTag() == "!!null" {
			w.add(child, item(key, i), "is empty: give the entry keys or remove it")
			continue
		}
		element.Set(w.types.blank(element.Type()))
		w.value(child, element, item(key, i))
	}
	return true
}

func (w *walker) scalar(n *yaml.Node, v reflect.Value, key string) bool {
	t, tag := v.Type(), n.ShortTag()
	switch {
	case n.Kind != yaml.ScalarNode:
		w.add(n, key, "must be %s, got %s", noun(t), kindOf(n))
		return false
	case tag == "!!null":
		w.add(n, key, "is empty: give it a value or remove the key")
		return false
	case readsText(t):
	case t.Kind() == reflect.Int && tag != "!!int", t.Kind() == reflect.Bool && tag != "!!bool":
		w.add(n, key, "%s is not %s", quote(t, n.Value), noun(t))
		return false
	}
	if complaint := setScalar(v, n.Value); complaint != "" {
		w.add(n, key, "%s", complaint)
		return false
	}
	return true
}

// setScalar sets v to what a text says, or returns what is wrong with it.
func setScalar(v reflect.Value, text string) (complaint string) {
	t := v.Type()
	switch {
	case isDuration(t):
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

// quote shows a value in a message; a secret is never shown.
func quote(t reflect.Type, text string) string {
	if t == secretType {
		return "the value"
	}
	if len(text) > 60 {
		text = text[:60] + "..."
	}
	return strconv.Quote(text)
}

func noun(t reflect.Type) string {
	switch {
	case isDuration(t):
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

// maxListed bounds the settings that are listed where one of the same name is elsewhere.
const maxListed = 12

// hint tells what an unknown key may have been meant to be.
func (w *walker) hint(structs []reflect.Value, key string) string {
	var here []string
	for _, s := range structs {
		here = append(here, keysIn(s.Type())...)
	}
	if near := nearest(key, here); near != "" {
		return "did you mean " + near + "?"
	}
	if of := w.typesWith(structs[0].Type(), key); len(of) > 0 {
		return "it is a setting of the type " + strings.Join(of, " and of ")
	}
	elsewhere := placeOf(reflect.TypeFor[Config](), "", key)
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
	for _, f := range fieldsOf(t) {
		if f.variants == "" {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// typesWith are the types whose entries have a setting of this key.
func (w *walker) typesWith(entry reflect.Type, key string) (of []string) {
	f, ok := variantOf(entry)
	if !ok {
		return nil
	}
	list := w.types.of(f)
	for _, name := range list.names() {
		if hasKey(list[name].Type(), key) {
			of = append(of, name)
		}
	}
	return of
}

// placeOf finds a setting of exactly this key anywhere in the tree.
func placeOf(t reflect.Type, at, key string) string {
	for _, f := range fieldsOf(t) {
		if f.key == key && f.variants == "" {
			return join(at, key)
		}
	}
	for _, f := range fieldsOf(t) {
		below := f.typ
		suffix := ""
		if below.Kind() == reflect.Slice {
			below, suffix = below.Elem(), "[]"
		}
		if below.Kind() != reflect.Struct {
			continue
		}
		if place := placeOf(below, join(at, f.key)+suffix, key); place != "" {
			return place
		}
	}
	return ""
}
