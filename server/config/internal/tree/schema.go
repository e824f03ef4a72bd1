package tree

import (
	"maps"
	"reflect"
)

// Schema returns the JSON Schema (draft 2020-12) of a tree with the given root type.
func (l Lists) Schema(root reflect.Type) (map[string]any, error) {
	schema, err := l.schemaOf(root)
	if err != nil {
		return nil, err
	}
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	return schema, nil
}

func (l Lists) schemaOf(t reflect.Type) (map[string]any, error) {
	switch {
	case IsDuration(t):
		return map[string]any{"anyOf": []any{
			map[string]any{"type": "string", "pattern": durationPattern},
			map[string]any{"type": "integer", "minimum": 0},
		}}, nil
	case t == SecretType:
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
		items, err := l.schemaOf(t.Elem())
		if t == textsType {
			return map[string]any{"type": []string{"array", "null", "string", "number", "boolean"}, "items": items}, err
		}
		return map[string]any{"type": []string{"array", "null"}, "items": items}, err
	case reflect.Map:
		values, err := l.schemaOf(t.Elem())
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": values}, err
	case reflect.Struct:
		if f, ok := VariantOf(t); ok {
			return l.variantSchema(t, f)
		}
		properties, err := l.properties(t)
		return map[string]any{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}, err
	}
	// YAML parses 42 as a number; a string setting takes it as written.
	return map[string]any{"type": []string{"string", "number", "boolean"}}, nil
}

// durationPattern matches what api.ParseDuration accepts.
const durationPattern = `^(\d+|\d+d|(\d+d)?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$`

// variantSchema returns the schema of an entry with additional settings for its type.
func (l Lists) variantSchema(t reflect.Type, by Field) (map[string]any, error) {
	var forms []any
	for _, name := range l.Names(by.Variants) {
		properties, err := l.properties(t)
		if err != nil {
			return nil, err
		}
		config, _ := l.prototype(by.Variants, name)
		own, err := l.properties(config.Type())
		if err != nil {
			return nil, err
		}
		maps.Copy(properties, own)
		properties[by.By] = named(name, config)
		forms = append(forms, map[string]any{"properties": properties, "additionalProperties": false})
	}
	f, _ := FieldOf(t, by.By)
	known := map[string]any{"type": "string", "enum": l.Names(by.Variants), "description": f.Doc}
	return map[string]any{"type": "object", "properties": map[string]any{by.By: known}, "required": []string{by.By}, "oneOf": forms}, nil
}

// eitherForm returns the schema of a setting that can also be written as a mapping; word is
// that of its other form.
func (l Lists) eitherForm(t reflect.Type, f Field, word map[string]any) (map[string]any, error) {
	mapping, err := l.schemaOf(t.FieldByIndex(f.Mapping).Type)
	delete(word, "description")
	return map[string]any{"anyOf": []any{word, mapping}, "description": f.Doc}, err
}

// named returns the schema of the setting that selects the type, with the description
// from the type's About method if it has one.
func named(name string, config reflect.Value) map[string]any {
	schema := map[string]any{"const": name}
	if d, ok := config.Interface().(interface{ About() string }); ok {
		schema["description"] = d.About()
	}
	return schema
}

func (l Lists) properties(t reflect.Type) (map[string]any, error) {
	properties := map[string]any{}
	for _, f := range FieldsOf(t) {
		if f.Variants != "" {
			continue
		}
		p, err := l.schemaOf(f.Type)
		if err != nil {
			return nil, err
		}
		p["description"] = f.Doc
		if f.Enum != nil {
			p["type"], p["enum"] = "string", f.Enum
		}
		if f.Mapping != nil {
			if p, err = l.eitherForm(t, f, p); err != nil {
				return nil, err
			}
		}
		if f.HasDefault {
			if p["default"], err = PlainDefault(f); err != nil {
				return nil, err
			}
		}
		properties[f.Key] = p
	}
	return properties, nil
}
