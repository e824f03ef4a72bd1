package tree

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// Set parses text into the setting at a path below v, and creates missing map entries. If
// it returns a complaint, nothing is changed.
func Set(v reflect.Value, path []string, text string) (complaint string) {
	if len(path) == 0 {
		return setText(v, text)
	}
	if v.Kind() == reflect.Struct {
		f, _ := FieldOf(v.Type(), path[0])
		return Set(v.FieldByIndex(f.Index), path[1:], text)
	}
	name, element := reflect.ValueOf(path[0]), Lists{}.Blank(v.Type().Elem())
	if old := v.MapIndex(name); old.IsValid() {
		element.Set(old)
	}
	if complaint := Set(element, path[1:], text); complaint != "" {
		return complaint
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	v.SetMapIndex(name, element)
	return ""
}

// setText sets a scalar, or a list of strings separated by commas.
func setText(v reflect.Value, text string) (complaint string) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "must be UTF-8 without NUL"
	}
	if !IsTexts(v.Type()) {
		return setScalar(v, text)
	}
	list := reflect.MakeSlice(v.Type(), 0, 0)
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = reflect.Append(list, reflect.ValueOf(part).Convert(v.Type().Elem()))
		}
	}
	v.Set(list)
	return ""
}
