package config

import (
	"fmt"
	"reflect"
)

// blankLimits are the limits of a plugin that names none.
func blankLimits() PluginLimits {
	return blank(reflect.TypeFor[PluginLimits]()).Interface().(PluginLimits)
}

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
	def := blank(v.Type())
	for _, f := range fieldsOf(v.Type()) {
		if !same(v.Field(f.index), def.Field(f.index)) && f.key != "secret_file" {
			names = append(names, f.key)
		}
	}
	return names
}

// blank returns a value of a type as nothing in the file gives it, which can be set.
func blank(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	if err := setDefaults(v); err != nil {
		panic(fmt.Sprintf("config: a default tag of %s is wrong: %v", t, err)) // TestDefault covers every tag
	}
	return v
}

func same(v, def reflect.Value) bool {
	if (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len()+def.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(v.Interface(), def.Interface())
}
