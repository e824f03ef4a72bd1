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

// Duration is a length of time as people write it.
type Duration = api.Duration

// Texts is a list of texts. A single one may be written without the list.
type Texts = tree.Texts

// Types are the lists of what a configuration names by a type. The settings of an entry
// are those of the struct that the list has for its type: fields with tags, as
// [core.Opener] describes them. What the struct of the list holds already stays, where
// neither a default nor a setting replaces it.
type Types struct {
	Methods  map[string]core.Opener    // what methods[].type can be; methods/all has Cardea's own
	Dialects map[string]dialect.Opener // what mounts[].dialect can be; server/dialect/all has Cardea's own
}

func (t Types) lists() tree.Lists {
	return tree.Lists{"methods": tree.Prototypes(t.Methods), "dialects": tree.Prototypes(t.Dialects)}
}

// check finds types whose settings no file could hold.
func (t Types) check() error {
	return errors.Join(t.lists().Check(reflect.TypeFor[Method]()), t.lists().Check(reflect.TypeFor[Mount]()))
}

// Schema returns the JSON Schema (draft 2020-12) of the file, made from the struct
// types. Editors complete and check cardea.yaml with it.
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
