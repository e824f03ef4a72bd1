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
		switch key := sf.Tag.Get("yaml"); {
		case !sf.IsExported() && !sf.Anonymous || key == "-" && sf.Tag.Get("variants") == "":
		case key == inline && sf.Type.Kind() == reflect.Struct:
			for _, f := range FieldsOf(sf.Type) {
				fields = append(fields, f.below(i))
			}
		default:
			fields = append(fields, fieldOf(t, sf))
		}
	}
	return fields
}

// below returns the setting of an inlined struct, which is field i of the surrounding one.
func (f Field) below(i int) Field {
	f.Index = append([]int{i}, f.Index...)
	if f.Mapping != nil {
		f.Mapping = append([]int{i}, f.Mapping...)
	}
	return f
}

// fieldOf reads the tags of a field of t.
func fieldOf(t reflect.Type, sf reflect.StructField) Field {
	tags := tagsOf(sf.Tag)
	def, hasDef := tags["default"]
	f := Field{
		Index: sf.Index, Type: sf.Type, Key: tags["yaml"], Doc: tags["doc"],
		Default: def, HasDefault: hasDef, Path: tags["kind"] == "path",
		Variants: tags["variants"], By: tags["by"],
	}
	if words := tags["enum"]; words != "" {
		f.Enum = strings.Split(words, "|")
	}
	if m, ok := t.FieldByName(tags["mapping"]); ok {
		f.Mapping = m.Index
	}
	return f
}

// tagsOf reads all tags of a field at once: a Lookup for each would read a long doc tag
// every time, which took most of the time in which a configuration is loaded.
func tagsOf(tag reflect.StructTag) map[string]string {
	tags := map[string]string{}
	for rest := string(tag); ; {
		key, after, _ := strings.Cut(strings.TrimLeft(rest, " "), ":")
		quoted, err := strconv.QuotedPrefix(after)
		if err != nil {
			return tags
		}
		tags[key], _ = strconv.Unquote(quoted) // a prefix that QuotedPrefix returns is valid
		rest = after[len(quoted):]
	}
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

// FieldOf returns a setting of a struct type by its key. It reads the other tags of that
// setting alone, because it is called for every setting of a file.
func FieldOf(t reflect.Type, key string) (Field, bool) {
	for i := range t.NumField() {
		sf := t.Field(i)
		switch of := sf.Tag.Get("yaml"); {
		case !sf.IsExported() && !sf.Anonymous:
		case of == inline && sf.Type.Kind() == reflect.Struct:
			if f, ok := FieldOf(sf.Type, key); ok {
				return f.below(i), true
			}
		case of == key && of != "-" && sf.Tag.Get("variants") == "":
			return fieldOf(t, sf), true
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
