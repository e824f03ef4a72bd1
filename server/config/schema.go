package config

import (
	"encoding/json"
	"maps"
	"reflect"
)

// Schema returns the JSON Schema (draft 2020-12) of the file, made from the struct
// types. Editors complete and check cardea.yaml with it.
func Schema(types Types) ([]byte, error) {
	if err := types.check(); err != nil {
		return nil, err
	}
	root, err := types.schemaOf(reflect.TypeFor[Config]())
	if err != nil {
		return nil, err
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Cardea configuration"
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

func (types Types) schemaOf(t reflect.Type) (map[string]any, error) {
	switch {
	case isDuration(t):
		return map[string]any{"anyOf": []any{
			map[string]any{"type": "string", "pattern": durationPattern},
			map[string]any{"type": "integer", "minimum": 0},
		}}, nil
	case t == secretType:
		return map[string]any{"type": "string", "writeOnly": true}, nil
	case readsText(t):
		return map[string]any{"type": []string{"string", "number", "boolean"}}, nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return map[string]any{"type": "boolean"}, nil
	case reflect.Int:
		return map[string]any{"type": "integer"}, nil
	case reflect.Slice:
		items, err := types.schemaOf(t.Elem())
		if t == textsType {
			return map[string]any{"type": []string{"array", "null", "string", "number", "boolean"}, "items": items}, err
		}
		return map[string]any{"type": []string{"array", "null"}, "items": items}, err
	case reflect.Map:
		values, err := types.schemaOf(t.Elem())
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": values}, err
	case reflect.Struct:
		if f, ok := variantOf(t); ok {
			return types.variantSchema(t, f)
		}
		properties, err := types.properties(t)
		return map[string]any{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}, err
	}
	// YAML reads 42 as a number; where a text is wanted it is taken as written.
	return map[string]any{"type": []string{"string", "number", "boolean"}}, nil
}

// durationPattern is what api.ParseDuration reads, in the schema's language.
const durationPattern = `^(\d+|\d+d|(\d+d)?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$`

// variantSchema describes an entry that has the settings of its type as well.
func (types Types) variantSchema(t reflect.Type, by field) (map[string]any, error) {
	list := types.of(by)
	var forms []any
	for _, name := range list.names() {
		properties, err := types.properties(t)
		if err != nil {
			return nil, err
		}
		own, err := types.properties(list[name].Type())
		if err != nil {
			return nil, err
		}
		maps.Copy(properties, own)
		properties[by.by] = map[string]any{"const": name}
		forms = append(forms, map[string]any{"properties": properties, "additionalProperties": false})
	}
	f, _ := fieldOf(t, by.by)
	named := map[string]any{"type": "string", "enum": list.names(), "description": f.doc}
	return map[string]any{"type": "object", "properties": map[string]any{by.by: named}, "required": []string{by.by}, "oneOf": forms}, nil
}

func (types Types) properties(t reflect.Type) (map[string]any, error) {
	properties := map[string]any{}
	for _, f := range fieldsOf(t) {
		if f.variants != "" {
			continue
		}
		p, err := types.schemaOf(f.typ)
		if err != nil {
			return nil, err
		}
		p["description"] = f.doc
		if f.enum != nil {
			p["type"], p["enum"] = "string", f.enum
		}
		if f.hasDef {
			if p["default"], err = plainDefault(f); err != nil {
				return nil, err
			}
		}
		properties[f.key] = p
	}
	return properties, nil
}
