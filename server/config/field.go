package config

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// field is one setting as its struct tags describe it.
type field struct {
	index  int
	typ    reflect.Type
	key    string
	doc    string
	def    string
	hasDef bool
	path   bool // a file name, taken from the directory of the configuration file
	enum   []string

	// Of a field that holds the settings of a type, which lie beside its own.
	variants string // the list of types
	by       string // the setting that names the type
}

var (
	secretType   = reflect.TypeFor[api.Secret]()
	durationType = reflect.TypeFor[Duration]()
	stdDuration  = reflect.TypeFor[time.Duration]()
)

// Duration is a length of time as people write it.
type Duration = api.Duration

// fieldsOf lists the settings of a struct type in order.
func fieldsOf(t reflect.Type) []field {
	fields := make([]field, 0, t.NumField())
	for i := range t.NumField() {
		sf := t.Field(i)
		if !sf.IsExported() || sf.Tag.Get("yaml") == "-" && sf.Tag.Get("variants") == "" {
			continue
		}
		def, hasDef := sf.Tag.Lookup("default")
		f := field{
			index: i, typ: sf.Type, key: sf.Tag.Get("yaml"), doc: sf.Tag.Get("doc"),
			def: def, hasDef: hasDef, path: sf.Tag.Get("kind") == "path",
			variants: sf.Tag.Get("variants"), by: sf.Tag.Get("by"),
		}
		if words := sf.Tag.Get("enum"); words != "" {
			f.enum = strings.Split(words, "|")
		}
		fields = append(fields, f)
	}
	return fields
}

// variantOf finds the field of a struct type that holds the settings of a type.
func variantOf(t reflect.Type) (field, bool) {
	for _, f := range fieldsOf(t) {
		if f.variants != "" {
			return f, true
		}
	}
	return field{}, false
}

// fieldOf finds a setting of a struct type by its key.
func fieldOf(t reflect.Type, key string) (field, bool) {
	for _, f := range fieldsOf(t) {
		if f.key == key && f.variants == "" {
			return f, true
		}
	}
	return field{}, false
}

// isScalar reports whether one text gives a value of the type.
func isScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Int, reflect.Bool:
		return true
	}
	return isDuration(t) || readsText(t)
}

// isDuration reports whether the type is a length of time, which people write as 15m.
func isDuration(t reflect.Type) bool { return t == durationType || t == stdDuration }

// isTexts reports whether the type is a list of plain texts.
func isTexts(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String
}

// join appends a key to the name of its parent. Names that would not read well
// are quoted: plugins[0].config["a.b"].
func join(parent, key string) string {
	if strings.ContainsFunc(key, func(r rune) bool { return !isKeyRune(r) }) || key == "" {
		return parent + "[" + strconv.Quote(key) + "]"
	}
	if parent == "" {
		return key
	}
	return parent + "." + key
}

func item(parent string, i int) string { return parent + "[" + strconv.Itoa(i) + "]" }

func isKeyRune(r rune) bool {
	return r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}
