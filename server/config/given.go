package config

import "reflect"

// Settings returns the names of a mount's settings, in the order of the schema.
func (Mount) Settings() []string {
	var names []string
	for _, f := range fieldsOf(reflect.TypeFor[Mount]()) {
		names = append(names, f.key)
	}
	return names
}

// Given returns the names of the mount's settings that are not as in an empty entry,
// in the order of the schema: the secret's file counts as the secret.
func (m Mount) Given() []string {
	var names []string
	v := reflect.ValueOf(m)
	def := Types{}.blank(v.Type())
	for _, f := range fieldsOf(v.Type()) {
		if !same(v.Field(f.index), def.Field(f.index)) && f.key != "secret_file" {
			names = append(names, f.key)
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
