package tree

import (
	"encoding"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Field is one setting as its struct tags describe it.
type Field struct {
	Index      []int // as for reflect.Value.FieldByIndex, through inlined structs
	Type       reflect.Type
	Key        string
	Doc        string
	Default    string
	HasDefault bool
	Path       bool // a file name, relative to the directory of the configuration file
	Enum       []string
	Mapping    []int // as Index, of the field that holds the setting if it is written as a mapping; nil if it cannot be

	// Set for a field that holds the additional settings of an entry's type.
	Variants string // name of the list of types
	By       string // key of the setting that selects the type
}

// SecretType is the type of secret settings, which are never shown.
var SecretType = reflect.TypeFor[api.Secret]()

var (
	durationType = reflect.TypeFor[api.Duration]()
	stdDuration  = reflect.TypeFor[time.Duration]()
)

// inline is the yaml tag of a struct whose settings are on the level of the surrounding
// struct.
const inline = ",inline"

// FieldsOf returns the settings of a struct type in order, with those of inlined structs
// in their place.
func FieldsOf(t reflect.Type) []Field {
	fields := make([]Field, 0, t.NumField())
	for i := range t.NumField() {
		sf := t.Field(i)
		if !sf.IsExported() && !sf.Anonymous || sf.Tag.Get("yaml") == "-" && sf.Tag.Get("variants") == "" {
			continue
		}
		if sf.Tag.Get("yaml") == inline && sf.Type.Kind() == reflect.Struct {
			for _, f := range FieldsOf(sf.Type) {
				f.Index = append([]int{i}, f.Index...)
				if f.Mapping != nil {
					f.Mapping = append([]int{i}, f.Mapping...)
				}
				fields = append(fields, f)
			}
			continue
		}
		def, hasDef := sf.Tag.Lookup("default")
		f := Field{
			Index: sf.Index, Type: sf.Type, Key: sf.Tag.Get("yaml"), Doc: sf.Tag.Get("doc"),
			Default: def, HasDefault: hasDef, Path: sf.Tag.Get("kind") == "path",
			Variants: sf.Tag.Get("variants"), By: sf.Tag.Get("by"),
		}
		if words := sf.Tag.Get("enum"); words != "" {
			f.Enum = strings.Split(words, "|")
		}
		if m, ok := t.FieldByName(sf.Tag.Get("mapping")); ok {
			f.Mapping = m.Index
		}
		fields = append(fields, f)
	}
	return fields
}

// VariantOf returns the field of a struct type with the variants tag.
func VariantOf(t reflect.Type) (Field, bool) {
	for _, f := range FieldsOf(t) {
		if f.Variants != "" {
			return f, true
		}
	}
	return Field{}, false
}

// FieldOf returns a setting of a struct type by its key.
func FieldOf(t reflect.Type, key string) (Field, bool) {
	for _, f := range FieldsOf(t) {
		if f.Key == key && f.Variants == "" {
			return f, true
		}
	}
	return Field{}, false
}

// IsScalar reports whether a value of the type is parsed from a single string.
func IsScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Int, reflect.Bool:
		return true
	}
	return IsDuration(t) || readsText(t)
}

// IsDuration reports whether the type is a duration, written as 15m.
func IsDuration(t reflect.Type) bool { return t == durationType || t == stdDuration }

// IsTexts reports whether the type is a list of strings.
func IsTexts(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String
}

// Join appends a key to the name of its parent. Keys with other characters than those of
// [IsKeyRune] are quoted: plugins[0].config["a.b"].
func Join(parent, key string) string {
	if strings.ContainsFunc(key, func(r rune) bool { return !IsKeyRune(r) }) || key == "" {
		return parent + "[" + strconv.Quote(key) + "]"
	}
	if parent == "" {
		return key
	}
	return parent + "." + key
}

// Item returns the name of a list entry, such as "rules[0]".
func Item(parent string, i int) string { return parent + "[" + strconv.Itoa(i) + "]" }

// IsKeyRune reports whether a key can contain r unquoted.
func IsKeyRune(r rune) bool {
	return r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// readsText reports whether the type implements encoding.TextUnmarshaler.
func readsText(t reflect.Type) bool { return reflect.PointerTo(t).Implements(textType) }
