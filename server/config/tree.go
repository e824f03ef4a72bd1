package config

import (
	"fmt"
	"reflect"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/v2"
	"go.yaml.in/yaml/v3"
)

// tree is one source of configuration in plain values; koanf loads it.
type tree map[string]any

var _ koanf.Provider = tree(nil)

// separator joins keys inside koanf. No key can hold it, so that a name with a dot
// in it stays one name.
const separator = "\x00"

// Read hands the values to koanf.
func (t tree) Read() (map[string]any, error) { return t, nil }

// ReadBytes is the other way to feed koanf, which a tree does not offer.
func (t tree) ReadBytes() ([]byte, error) { return nil, fmt.Errorf("config: a tree has no bytes") }

// put sets a value below nested maps.
func (t tree) put(path []string, v any) {
	at := map[string]any(t)
	for _, key := range path[:len(path)-1] {
		next, ok := at[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[key] = next
		}
		at = next
	}
	at[path[len(path)-1]] = v
}

// merge lays the sources over one another, later ones on top. Mappings merge, lists
// and scalars are replaced whole.
func merge(sources ...tree) (map[string]any, error) {
	k := koanf.New(separator)
	for _, s := range sources {
		if err := k.Load(s, nil); err != nil {
			return nil, fmt.Errorf("merge configuration: %w", err)
		}
	}
	return k.Raw(), nil
}

// decode fills what values lacks with the defaults and stores it in the struct
// that dst points to.
func decode(values map[string]any, dst any) error {
	if err := fill(reflect.TypeOf(dst).Elem(), values); err != nil {
		return err
	}
	k := koanf.New(separator)
	if err := k.Load(tree(values), nil); err != nil {
		return err
	}
	return k.UnmarshalWithConf("", dst, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result:      dst,
		TagName:     "yaml",
		ErrorUnused: true,
		DecodeHook:  mapstructure.TextUnmarshallerHookFunc(),
	}})
}

// fill adds the defaults of the tags wherever a struct of the type lacks a value,
// in lists and mappings as well.
func fill(t reflect.Type, values map[string]any) error {
	for _, f := range fieldsOf(t) {
		if f.typ.Kind() == reflect.Struct && values[f.key] == nil {
			values[f.key] = map[string]any{}
		}
		if _, given := values[f.key]; !given && f.hasDef {
			v, err := defaultOf(f)
			if err != nil {
				return err
			}
			values[f.key] = v
		}
		if err := fillBelow(f.typ, values[f.key]); err != nil {
			return fmt.Errorf("%s: %w", f.key, err)
		}
	}
	return nil
}

func fillBelow(t reflect.Type, v any) error {
	switch v := v.(type) {
	case map[string]any:
		if t.Kind() == reflect.Struct {
			return fill(t, v)
		}
		for _, element := range v {
			if err := fillBelow(t.Elem(), element); err != nil {
				return err
			}
		}
	case []any:
		for _, element := range v {
			if err := fillBelow(t.Elem(), element); err != nil {
				return err
			}
		}
	}
	return nil
}

// defaultOf reads the default of a setting: a text for scalars, YAML for the rest.
func defaultOf(f field) (any, error) {
	if isScalar(f.typ) {
		v, complaint := scalar(f.typ, f.def)
		if complaint != "" {
			return nil, fmt.Errorf("%s: default %s", f.key, complaint)
		}
		return v, nil
	}
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(f.def), &n); err != nil {
		return nil, fmt.Errorf("%s: default: %w", f.key, err)
	}
	var ps Problems
	w := &walker{prov: newProvenance(""), problems: &ps}
	return w.value(n.Content[0], f.typ, f.key), ps.Err()
}
