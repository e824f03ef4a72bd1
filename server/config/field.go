package config

import (
	"reflect"
	"strconv"
	"strings"

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
}

var (
	secretType   = reflect.TypeFor[api.Secret]()
	durationType = reflect.TypeFor[Duration]()
)

// Duration is a length of time as people write it.
type Duration = api.Duration

// fieldsOf lists the settings of a struct type in order.
func fieldsOf(t reflect.Type) []field {
	fields := make([]field, t.NumField())
	for i := range fields {
		sf := t.Field(i)
		def, hasDef := sf.Tag.Lookup("default")
		fields[i] = field{
			index: i, typ: sf.Type, key: sf.Tag.Get("yaml"), doc: sf.Tag.Get("doc"),
			def: def, hasDef: hasDef, path: sf.Tag.Get("kind") == "path",
		}
		if words := sf.Tag.Get("enum"); words != "" {
			fields[i].enum = strings.Split(words, "|")
		}
	}
	return fields
}

// fieldOf finds a setting of a struct type by its key.
func fieldOf(t reflect.Type, key string) (field, bool) {
	for _, f := range fieldsOf(t) {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

// isScalar reports whether one text gives a value of the type.
func isScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Int, reflect.Int64, reflect.Bool:
		return true
	}
	return false
}

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
