package config

import (
	"encoding/json"
	"errors"
	"reflect"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Duration is a duration as written in the configuration, such as 15m or 30d.
type Duration = api.Duration

// Texts is a list of strings. In YAML a single string may be written without the list.
type Texts = tree.Texts

// Types lists the known types of methods and mounts. Each has a struct whose tagged
// fields are the settings of its entries, as described at [core.Opener]. Values that the
// struct already holds are kept unless a default or a setting replaces them.
type Types struct {
	Methods  map[string]core.Opener    // by methods[].type; methods/all has the built-in ones
	Dialects map[string]dialect.Opener // by mounts[].dialect; server/dialect/all has the built-in ones
}

func (t Types) lists() tree.Lists {
	return tree.Lists{"methods": tree.Prototypes(t.Methods), "dialects": tree.Prototypes(t.Dialects)}
}

// check returns an error if a type has invalid settings, such as a field without tags.
func (t Types) check() error {
	return errors.Join(t.lists().Check(reflect.TypeFor[Method]()), t.lists().Check(reflect.TypeFor[Mount]()))
}

// Schema returns the JSON Schema (draft 2020-12) of the file, generated from the struct
// types, so that editors can complete and check cardea.yaml.
func Schema(types Types) ([]byte, error) {
	if err := types.check(); err != nil {
		return nil, err
	}
	root, err := types.lists().Schema(reflect.TypeFor[Config]())
	if err != nil {
		return nil, err
	}
	root["title"] = "Cardea configuration"
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}
