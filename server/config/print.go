package config

import (
	"io"
	"reflect"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// Print writes the configuration as YAML with the origin of every value as a comment:
// all settings if effective is true, else those that the file or the environment sets.
// Secrets are printed as [redacted].
func Print(w io.Writer, cfg *Config, prov *Provenance, effective bool) error {
	e := tree.Encoder{
		Keep: func(name string, v reflect.Value) bool {
			named := v.Kind() == reflect.Map && v.Len() > 0 // by default mappings are empty
			return effective || named || !prov.Of(name).IsDefault()
		},
		Note: func(name string) string { return prov.Of(name).String() },
	}
	return e.Write(w, reflect.ValueOf(*cfg))
}
