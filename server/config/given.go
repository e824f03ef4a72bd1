package config

import (
	"reflect"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// Settings returns the names of a mount's settings, in the order of the schema.
func (Mount) Settings() []string {
	var names []string
	for _, f := range tree.FieldsOf(reflect.TypeFor[Mount]()) {
		names = append(names, f.Key)
	}
	return names
}

// Given returns the names of the mount's settings that are not as in an empty entry,
// in the order of the schema: the secret's file counts as the secret.
func (m Mount) Given() []string {
	var names []string
	v := reflect.ValueOf(m)
	def := tree.Lists{}.Blank(v.Type())
	for _, f := range tree.FieldsOf(v.Type()) {
		if !same(v.FieldByIndex(f.Index), def.FieldByIndex(f.Index)) && f.Key != "secret_file" {
			names = append(names, f.Key)
		}
	}
	return names
}

func same(v, def reflect.Value) bool {
	if (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len()+def.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(v.Interface(), def.Interface())
}
