package config

import (
	"io"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// Print writes the configuration as YAML with the origin of every value behind it:
// every setting if effective is true, else those that file or environment set.
// Secrets print as [redacted].
func Print(w io.Writer, cfg *Config, prov *Provenance, effective bool) error {
	e := encoder{
		keep: func(name string, v reflect.Value) bool {
			named := v.Kind() == reflect.Map && v.Len() > 0 // no mapping has entries by default
			return effective || named || !prov.Of(name).IsDefault()
		},
		note: func(name string) string { return prov.Of(name).String() },
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(e.section(reflect.ValueOf(*cfg), "")); err != nil {
		return err
	}
	return enc.Close()
}
