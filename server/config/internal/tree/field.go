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
	Index      []int // as in reflect.StructField: a struct that is inlined is on the way
	Type       reflect.Type
	Key        string
	Doc        string
	Default    string
	HasDefault bool
	Path       bool // a file name, taken from the directory of the configuration file
	Enum       []string

	// Of a field that holds the settings of a type, which lie beside its own.
	Variants string // the list of types
	By       string // the setting that names the type
}

// SecretType is the type of settings that are never shown.
var SecretType = reflect.TypeFor[api.Secret]()

var (
	durationType = reflect.TypeFor[api.Duration]()
	stdDuration  = reflect.TypeFor[time.Duration]()
)

// inline is the yaml tag of a struct whose settings lie beside those of the struct that
// it is a field of.
const inline = ",inline"

// FieldsOf lists the settings of a struct type in order, those of inlined structs in
// their place.
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
		fields = append(fields, f)
	}
	return fields
}

// VariantOf finds the field of a struct type that holds the settings of a type.
func VariantOf(t reflect.Type) (Field, bool) {
	for _, f := range FieldsOf(t) {
		if f.Variants != "" {
			return f, true
		}
	}
	return Field{}, false
}

// FieldOf finds a setting of a struct type by its key.
func FieldOf(t reflect.Type, key string) (Field, bool) {
	for _, f := range FieldsOf(t) {
		if f.Key == key && f.Variants == "" {
			return f, true
		}
	}
	return Field{}, false
}

// IsScalar reports whether one text gives a value of the type.
func IsScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Int, reflect.Bool:
		return true
	}
	return IsDuration(t) || readsText(t)
}

// IsDuration reports whether the type is a length of time, which people write as 15m.
func IsDuration(t reflect.Type) bool { return t == durationType || t == stdDuration }

// IsTexts reports whether the type is a list of plain texts.
func IsTexts(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String
}

// Join appends a key to the name of its parent. Names that would not read well
// are quoted: plugins[0].config["a.b"].
func Join(parent, key string) string {
	if strings.ContainsFunc(key, func(r rune) bool { return !IsKeyRune(r) }) || key == "" {
		return parent + "[" + strconv.Quote(key) + "]"
	}
	if parent == "" {
		return key
	}
	return parent + "." + key
}

// Item is the name of an entry of a list.
func Item(parent string, i int) string { return parent + "[" + strconv.Itoa(i) + "]" }

// IsKeyRune reports whether a key can have the character.
func IsKeyRune(r rune) bool {
	return r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// readsText reports whether the type reads a text itself.
func readsText(t reflect.Type) bool { return reflect.PointerTo(t).Implements(textType) }
