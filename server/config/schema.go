package config

import (
	"encoding/json"
	"reflect"
)

// Schema returns the JSON Schema (draft 2020-12) of the file, made from the struct
// types. Editors complete and check cardea.yaml with it.
func Schema() ([]byte, error) {
	root, err := schemaOf(reflect.TypeFor[Config]())
	if err != nil {
		return nil, err
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Cardea configuration"
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

func schemaOf(t reflect.Type) (map[string]any, error) {
	switch {
	case t == durationType:
		return map[string]any{"anyOf": []any{
			map[string]any{"type": "string", "pattern": durationPattern},
			map[string]any{"type": "integer", "minimum": 0},
		}}, nil
	case t == secretType:
		return map[string]any{"type": "string", "writeOnly": true}, nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return map[string]any{"type": "boolean"}, nil
	case reflect.Int:
		return map[string]any{"type": "integer"}, nil
	case reflect.Slice:
		items, err := schemaOf(t.Elem())
		if t == textsType {
			return map[string]any{"type": []string{"array", "null", "string", "number", "boolean"}, "items": items}, err
		}
		return map[string]any{"type": []string{"array", "null"}, "items": items}, err
	case reflect.Map:
		values, err := schemaOf(t.Elem())
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": values}, err
	case reflect.Struct:
		return sectionSchema(t)
	}
	// YAML reads 42 as a number; where a text is wanted it is taken as written.
	return map[string]any{"type": []string{"string", "number", "boolean"}}, nil
}

// durationPattern is what api.ParseDuration reads, in the schema's language.
const durationPattern = `^(\d+|\d+d|(\d+d)?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$`

func sectionSchema(t reflect.Type) (map[string]any, error) {
	properties := map[string]any{}
	for _, f := range fieldsOf(t) {
		p, err := schemaOf(f.typ)
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
	return map[string]any{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}, nil
}
